import Foundation

/// Where the sandbox is found: the one line of JSON that it prints when its ports are open.
struct SandboxAddresses: Decodable, Sendable {
    let enreach: String
    let enreachDiscovery: String
    let dataverse: String
    let authority: String
    let admin: String
    /// The throw-away authority to trust, when it serves TLS.
    let ca: String?

    enum CodingKeys: String, CodingKey {
        case enreach, dataverse, authority, admin, ca
        case enreachDiscovery = "enreach_discovery"
    }
}

/// The sandbox as a process of its own.
enum SandboxProgram {
    static func start(
        in folder: URL, programs: URL, arguments: [String], leash: Leash
    ) async throws -> (ChildProgram, SandboxAddresses) {
        let program = try ChildProgram(
            "sandbox", executable: programs.appending(path: "sandbox"),
            arguments: ["serve", "--log-level", "error"] + arguments, log: folder.appending(path: "sandbox.log"), leash: leash)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while clock.now < deadline {
            let text = (try? String(contentsOf: program.log, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") where line.hasPrefix("{") && line.contains("\"sandbox\"") {
                return (program, try JSONDecoder().decode(SandboxAddresses.self, from: Data(line.utf8)))
            }
            guard program.isRunning else { break }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw RehearsalError("the sandbox did not start:\n\(program.lastWords())")
    }
}
