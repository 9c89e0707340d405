public import Foundation

extension Process {
    /// Waits for its end and holds no thread meanwhile: Swift has one for each processor, and other tests' tasks need them.
    public func ended() async throws {
        try await eventually(within: .seconds(600), "\(executableURL?.lastPathComponent ?? "a process") ends") { !isRunning }
    }
}
