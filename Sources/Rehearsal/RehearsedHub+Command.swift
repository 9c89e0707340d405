import Foundation

extension RehearsedHub {
    /// Runs the `trunkline` command against the hub as an operator would, and returns what it prints.
    ///
    /// - Throws: `RehearsalError` when it ends with another status than 0, with what it printed.
    public func command(_ arguments: [String]) async throws -> String {
        try await command(arguments, of: .earliest)
    }

    /// - Parameter input: what is typed into it.
    func command(_ arguments: [String], of release: Release = .earliest, input: String? = nil) async throws -> String {
        let log = folder.appending(path: "command-\(UUID().uuidString.prefix(8)).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let program = try commandProgram(arguments, of: release, input: input, log: log)
        let status = await program.end()
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        guard status == 0 else {
            throw RehearsalError("trunkline \(arguments.joined(separator: " ")) ended with \(status):\n\(text)")
        }
        return text
    }
}
