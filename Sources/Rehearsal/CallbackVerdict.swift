/// What the sandbox says of the hub's work with callback requests.
struct CallbackVerdict: Decodable, Sendable {
    let callbacks: Int
    let expected: Int
    let present: Int
    let bundled: Int
    let ignored: Int
    let closed: Int
    let missing: Int
    let duplicates: Int
    let wrong: [Verdict.Difference]

    var isClean: Bool { missing == 0 && duplicates == 0 && wrong.isEmpty }

    static func read(from door: SandboxDoor) async throws -> CallbackVerdict { try await door.get("/admin/verdict/callbacks") }
}
