import Dynamics

/// Asks for rows and definitions, one request after another, and again where the connection was lost or Dynamics was busy: an
/// installation asks a hundred times.
struct MetadataReader: Sendable {
    let dynamics: DynamicsClient
    /// Waits between attempts; tests don't.
    let pause: @Sendable (Duration) async throws -> Void

    static let waits: [Duration] = [.milliseconds(500), .seconds(2), .seconds(5)]

    /// - Throws: `DynamicsError`; `CancellationError`.
    func query(_ query: ODataQuery) async throws -> [ODataRow] {
        try await patiently { try await dynamics.query(query, lane: .callback) }
    }

    /// - Returns: nil where there is no such row.
    /// - Throws: `DynamicsError`; `CancellationError`.
    func row(_ query: ODataQuery) async throws -> ODataRow? {
        try await patiently { try await dynamics.row(query, lane: .callback) }
    }

    private func patiently<Answer: Sendable>(_ ask: () async throws -> Answer) async throws -> Answer {
        for wait in Self.waits {
            do { return try await ask() } catch let error as DynamicsError where error.mayPass {
                try await pause(max(wait, min(error.retryAfter ?? .zero, .seconds(10))))
            }
        }
        return try await ask()
    }
}

extension DynamicsError {
    fileprivate var mayPass: Bool { [.transient, .throttled, .malformed].contains(code) }
}
