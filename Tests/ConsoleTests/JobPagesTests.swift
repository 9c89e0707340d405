import NIOHTTP1
import Jobs
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

/// Each test has a database of its own: they count jobs.
@Suite struct JobPagesTests {
    @Test(.database) func `the list shows what fits, with its last error and attempts`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.viewer)
            let dead = try await browser.get("/jobs?state=dead")
            for id in [901, 902, 903] { #expect(dead.contains("href=\"/jobs/\(id)\"")) }
            #expect(!dead.contains("href=\"/jobs/911\""))
            #expect(dead.contains("20 of 20"))
            #expect(dead.contains("E1: &lt;script&gt;"))
            let one = try await browser.get("/jobs?state=dead&kind=people.match&tenant=acme")
            #expect(one.contains("href=\"/jobs/903\"") && !one.contains("href=\"/jobs/901\""))
            #expect(try await browser.get("/jobs?code=E0").contains("href=\"/jobs/902\""))
            #expect(try await browser.get("/jobs?state=dead&tenant=beta").contains("There are no dead jobs of tenant beta."))
            #expect(try await browser.get("/jobs?tenant=nobody").contains("There are no jobs of tenant nobody."))
            #expect(try await browser.get("/jobs?job=901").location == "/jobs/901")
        }
    }

    @Test(.database) func `pages follow one another by key`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.sql(
                """
                INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
                SELECT n, n, 1, 1, 1, 0, 20, '{}' FROM generate_series(2001, 2120) AS n
                """)
            let browser = try await console.signIn(.viewer)
            var (path, ids, pages): (String, [Int], Int) = ("/jobs?state=dead", [], 0)
            while true {
                let page = try await browser.get(path)
                ids += page.text.matches(of: /<th scope="row"><a href="\/jobs\/(\d+)"/).compactMap { Int($0.1) }
                pages += 1
                guard let next = page.text.firstMatch(of: /<a href="([^"]*)" rel="next"/) else { break }
                path = String(next.1).replacing("&amp;", with: "&")
            }
            #expect(ids == Array((2001...2120).reversed()) + [903, 902, 901])
            #expect(pages == 3)
        }
    }

    @Test(.database) func `one job tells its life`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/jobs/901")
            for words in [
                "It was enqueued.", "An attempt failed; it will be repeated.", "The last failed one was attempt 20.",
                "It was given up.", "20 of 20",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(page.contains("call 00000000-0000-4000-8000-000000000901"))
            #expect(try await browser.get("/jobs/921").contains("It was done."))
            #expect(try await browser.get("/jobs/4711").status == 404)
            #expect(try await browser.get("/jobs/nonsense").status == 404)
        }
    }

    @Test(.database) func `the button, the preview and what is done have one count`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator, name: "night")
            let list = try await browser.get("/jobs?state=dead&kind=call.write")
            #expect(list.contains(">Retry 2 jobs</a>") && list.contains(">Cancel 2 jobs</a>"))
            let (preview, done) = try await browser.act("/jobs/retry?state=dead&kind=call.write", reason: "the vendor is back")
            #expect(preview.contains(">Retry 2 jobs</button>"))
            #expect(preview.contains("2 jobs: dead call.write jobs.") && preview.contains("All 2 jobs"))
            #expect(done.status == 303 && done.location == "/jobs?state=dead&kind=call.write#list")
            #expect(try await browser.get("/jobs?state=dead&kind=call.write").contains("2 jobs will run again."))
            // Said once.
            #expect(!(try await browser.get("/jobs").contains("2 jobs will run again.")))
            let states = try await console.database.query(
                Statement("", "SELECT id, state FROM hub.jobs WHERE id IN (901, 902, 903) ORDER BY id")
            ).map { try $0.decode(Int64.self, String.self) }
            #expect(states.map(\.1) == ["ready", "ready", "dead"])
            let entry = try #require(try await console.audit("jobs.retry").first)
            #expect(entry.who == "night" && entry.target == "2 jobs" && entry.detail?.contains("the vendor is back") == true)
        }
    }

    @Test(.database) func `more than were shown are not acted on, fewer are`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator)
            let path = "/jobs/cancel?state=dead"
            // One more of them, with a number from before: as a job that ran meanwhile and died.
            let (_, refused) = try await browser.act(path, change: [("count", "2")])
            #expect(refused.status == 422)
            #expect(refused.contains("There were 2 when you looked, now there are 3."))
            // Jobs that came later are not meant at all.
            let preview = try await browser.get(path)
            let newest = try #require(preview.hidden("newest"))
            #expect(newest == "914")
            try await console.sql(
                "INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload) VALUES (5000, 5000, 1, 1, 1, 0, 20, '{}')"
            )
            let (_, done) = try await browser.act(path, change: [("newest", newest), ("count", "3")])
            #expect(done.status == 303)
            let left = try await console.database.query(Statement("", "SELECT array_agg(id) FROM hub.job_dead"))[0].decode(
                [Int64].self)
            #expect(left == [5000])
        }
    }

    @Test(.database, arguments: ["", "  ", "no", String(repeating: "x", count: 501)])
    func `without a proper reason nothing is done`(reason: String) async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator)
            let (_, answer) = try await browser.act("/jobs/cancel?job=901", reason: reason)
            #expect(answer.status == 422)
            #expect(try await console.audit("jobs.cancel").isEmpty)
            #expect(try await browser.get("/jobs/901").contains("dead"))
        }
    }

    @Test(.database) func `a kind is paused and resumed, with who and why`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator, name: "night")
            let (preview, done) = try await browser.act("/jobs/pause?kind=call.write&tenant=acme", reason: "mailbox is full")
            #expect(preview.contains("At the moment that holds 2 jobs"))
            #expect(done.status == 303)
            let page = try await browser.get("/jobs")
            #expect(page.contains("call.write of tenant acme") && page.contains("mailbox is full"))
            let (held, resumed) = try await browser.act("/jobs/resume?kind=call.write&tenant=acme")
            #expect(held.contains("Resume 1 held job"))
            #expect(resumed.status == 303)
            #expect(try await console.audit().prefix(2).map(\.action) == ["jobs.resume", "jobs.pause"])
            #expect(try await browser.get("/jobs/resume?kind=call.write&tenant=acme").status == 409)
        }
    }

    @Test(.database) func `an operator who does too much in a minute waits`() async throws {
        try await TestConsole.run(settings: { $0.actionsPerMinute = 2 }) { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator)
            #expect(try await browser.act("/jobs/cancel?job=901").done.status == 303)
            #expect(try await browser.act("/jobs/cancel?job=902").done.status == 303)
            let (_, third) = try await browser.act("/jobs/cancel?job=903")
            #expect(third.status == 429 && third.header("retry-after") == "60")
            #expect(try await browser.get("/jobs/903").contains("dead"))
            // Somebody else is not hindered.
            #expect(try await console.signIn(.operator).act("/jobs/cancel?job=903").done.status == 303)
        }
    }
}
