import Foundation
import Testing

/// Which earlier revision `make upgrade-test` takes when it is told none.
@Suite("The revision that an upgrade is rehearsed from")
struct UpgradeRevisionTests {
    /// A repository with the script that chooses, and a history of schemas: the numbers of the migrations of each commit, the newest last.
    private struct History {
        private let folder: ScratchFolder

        init(_ commits: [[Int]], edited: Int? = nil) async throws {
            folder = try ScratchFolder()
            try folder.write("Benchmarks/upgrade-from", try Source.text("Benchmarks/upgrade-from"))
            try await git("init", "--quiet", "--initial-branch", "main")
            for (index, numbers) in commits.enumerated() {
                try lay(numbers, text: index == edited ? "SELECT 'otherwise';" : "SELECT 1;")
                try await git("add", ".")
                try await git("commit", "--quiet", "--allow-empty", "--message", "commit \(index)")
            }
        }

        func git(_ arguments: String...) async throws {
            let who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
            _ = try await Tool.output("git", who + arguments, in: folder.url)
        }

        /// Makes these the migrations that lie there.
        func lay(_ numbers: [Int], text: String = "SELECT 1;") throws {
            try? FileManager.default.removeItem(at: folder.url.appending(path: "sql/migrations"))
            for number in numbers { try folder.write("sql/migrations/\(String(format: "%04d", number))_step.sql", text) }
        }

        /// What the script says it chose, and with which status it ended.
        func choice() async throws -> (status: Int32, words: String) {
            let run = try await Tool.run(
                "sh", [folder.url.appending(path: "Benchmarks/upgrade-from").path()], in: folder.url)
            return (run.status, run.errors)
        }
    }

    @Test("The newest commit with fewer migrations, and none in which one is missing before the last")
    func gap() async throws {
        let history = try await History([[1], [1, 2], [1, 2], [1, 2, 4], [1, 2, 3, 4], [1, 2, 3, 4]])
        let (status, words) = try await history.choice()
        #expect(status == 0 && words.contains("(commit 2), schema 2, to schema 4"), "\(words)")
    }

    @Test("A migration that is not committed yet counts as this revision's own")
    func uncommitted() async throws {
        let history = try await History([[1, 2], [1, 2, 3]])
        try history.lay([1, 2, 3, 4])
        let (status, words) = try await history.choice()
        #expect(status == 0 && words.contains("(commit 1), schema 3, to schema 4"), "\(words)")
    }

    @Test("No commit in which a migration had another text, which its checksum would refuse")
    func edited() async throws {
        let history = try await History([[1], [1, 2], [1, 2, 3]], edited: 1)
        let (status, words) = try await history.choice()
        #expect(status == 0 && words.contains("(commit 0), schema 1, to schema 3"), "\(words)")
    }

    @Test("The newest release before this revision, where there is one")
    func release() async throws {
        let history = try await History([[1], [1, 2], [1, 2, 3]])
        try await history.git("tag", "v0.1", "HEAD~2")
        try await history.git("tag", "v0.2")
        let (status, words) = try await history.choice()
        #expect(status == 0 && words.contains("(commit 0), schema 1"), "\(words)")
    }

    @Test("Where there is none it says so and fails")
    func none() async throws {
        let (status, words) = try await History([[1]]).choice()
        #expect(status == 1 && words.contains("no earlier commit"), "\(words)")
    }
}
