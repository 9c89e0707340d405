import Foundation
import Postgres

/// When calls were completed, in seconds since 1970 and in order.
struct Completions: Sendable {
    let times: [Double]

    init(_ times: [Double]) { self.times = times.sorted() }

    /// The longest time without any within a span, by those that enclose it: one that began before the span or ends behind it counts
    /// whole. Without one behind the span, up to its end.
    func longestGap(from start: Double, to end: Double) -> Double {
        let before = times.last { $0 <= start } ?? start
        let within = times.filter { $0 > start && $0 < end }
        let after = times.first { $0 >= end } ?? end
        let all = [before] + within + [after]
        return zip(all, all.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    /// Those before an instant.
    func upTo(_ end: Double) -> Completions { Completions(times.filter { $0 < end }) }

    /// When phone calls were completed in Dynamics, by the sandbox's own stamps.
    static func inDynamics(_ door: SandboxDoor) async throws -> Completions {
        struct Answer: Decodable {
            struct Record: Decodable {
                let completed: Double?

                enum CodingKeys: String, CodingKey { case completed = "completed_at" }
            }
            let rows: [Record]
        }
        let answer: Answer = try await door.get("/admin/dataverse/phonecalls?top=1000000")
        return Completions(answer.rows.compactMap(\.completed))
    }

    /// When the hub knew that the records stand, by its database.
    static func inTheHub(_ database: Database) async throws -> Completions {
        Completions(try await database.query(writtenAt).map { try $0[0].decode(Double.self) })
    }

    private static let writtenAt = Statement(
        "rehearsal_written_at", "SELECT extract(epoch FROM written_at)::float8 FROM hub.call WHERE written_at IS NOT NULL")
}
