import Foundation
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
                "It was enqueued.", "An attempt failed; it will be repeated.", "Attempt 20 failed.", "It was given up.",
                "20 of 20",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(page.contains("call 00000000-0000-4000-8000-000000000901"))
            #expect(try await browser.get("/jobs/921").contains("It was done."))
            #expect(try await browser.get("/jobs/4711").status == 404)
            #expect(try await browser.get("/jobs/nonsense").status == 404)
        }
    }

    @Test(.database) func `each attempt that failed stands on the timeline, once`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.sql(
                """
                UPDATE hub.job_dead SET error = jsonb_build_object(
                    'code', '503', 'message', 'closed', 'attempt', 20, 'at', now() - interval '1 minute', 'worker', 7, 'earlier', jsonb_build_array(
                        jsonb_build_object('code', '429', 'message', 'too many', 'attempt', 18, 'at', now() - interval '30 minutes', 'worker', 5),
                        jsonb_build_object('code', 'worker_lost', 'attempt', 19, 'at', now() - interval '20 minutes')))
                WHERE id = 901
                """)
            let page = try await console.signIn(.viewer).get("/jobs/901")
            for words in [
                "Attempt 18 failed.", "worker 5; 429: too many", "Attempt 19 failed.", "Attempt 20 failed.",
                "worker 7; 503: closed",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            // The call's timeline tells of the same moment.
            #expect(!page.contains("An attempt failed; it will be repeated."))
            let places = ["Attempt 18", "Attempt 19", "Attempt 20"].compactMap { page.text.range(of: $0)?.lowerBound }
            #expect(places.count == 3 && places == places.sorted())
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
            // Jobs that came later are not meant at all, nor are those from before that died later.
            let preview = try await browser.get(path)
            let since = try #require(preview.hidden("since"))
            #expect(since == "1000")
            try await addDead([5000, 5], to: console, order: "nextval('hub.job_seq')")
            let (_, done) = try await browser.act(path, change: [("since", since), ("count", "3")])
            #expect(done.status == 303)
            #expect(try await deadJobs(console) == [5, 5000])
        }
    }

    @Test(.database) func `a count that was cut says so, the preview counts all, and all are acted on`() async throws {
        try await TestConsole.run(settings: { $0.countReach = 4 }) { console in
            try await Fixtures.add(to: console)
            try await addDead(Array(2001...2120), to: console, order: "n - 1500")
            let browser = try await console.signIn(.operator)
            let list = try await browser.get("/jobs?state=dead")
            #expect(list.contains(">Retry 4+ jobs</a>") && list.contains(">Cancel 4+ jobs</a>"))
            // The only one stands behind all that were looked at.
            #expect(try await browser.get("/jobs?state=dead&kind=people.match").contains(">Cancel all that fit</a>"))
            let (rare, one) = try await browser.act("/jobs/cancel?state=dead&kind=people.match")
            #expect(rare.contains(">Cancel 1 job</button>"))
            #expect(one.status == 303)
            #expect(try await deadJobs(console) == [901, 902] + Array(2001...2120))

            let (preview, done) = try await browser.act("/jobs/retry?state=dead")
            #expect(preview.contains(">Retry 122 jobs</button>") && preview.contains("The first 4 of 122 jobs"))
            #expect(done.status == 303)
            #expect(try await browser.get("/jobs").contains("122 jobs will run again."))
            #expect(try await deadJobs(console) == [])
        }
    }

    @Test(.database) func `no more are acted on than were agreed to`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await addDead(Array(2001...2120), to: console, order: "n - 1500")
            let desk = JobDesk(database: console.services.acting, who: "night")
            let filter = JobFilter(states: ["dead"], since: 1000)
            let result = try await desk.perform(.cancel, .fitting(filter, most: 7), reason: "test", patience: .seconds(60))
            #expect(result.done == 7 && result.left == 0)
            #expect(try await deadJobs(console).count == 116)
        }
    }

    @Test(.database) func `what was not reached in time is told and left as it is`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await addDead(Array(2001...2700), to: console, order: "1")
            let desk = JobDesk(database: console.services.acting, who: "night")
            let choice = JobDesk.Choice.fitting(JobFilter(states: ["dead"], kind: "call.write"), most: 702)
            let first = try await desk.perform(.cancel, choice, reason: "test", patience: .zero)
            #expect(first.done == 500 && first.left == 202)
            #expect(try await deadJobs(console) == [901, 902, 903] + Array(2001...2200))
        }
    }

    @Test(.database) func `a count leads to as many jobs as it says, in its lane and all its states`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.sql(
                """
                INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
                SELECT n, n, 1, 1, 1, 3, 20, '{}' FROM generate_series(2001, 2040) AS n;
                INSERT INTO hub.job_later (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, run_at, reason, has_key)
                VALUES (951, 951, 1, 1, 1, 0, 20, '{}', now() + interval '1 hour', 'scheduled', false);
                SELECT hub.job_count();
                """)
            let browser = try await console.signIn(.operator)
            let page = try await browser.get("/jobs")
            let counts = page.text.matches(of: /<a href="(\/jobs\?kind=call\.write[^"#]*)#list">(\d+)<\/a>/).map {
                (String($0.1).replacing("&amp;", with: "&"), Int($0.2)!)
            }
            #expect(counts.map(\.1).sorted() == [1, 1, 2, 2, 40])
            for (path, count) in counts {
                let list = try await browser.get(path)
                #expect(list.text.matches(of: /<th scope="row"><a href="\/jobs\/\d+"/).count == count, "\(path)")
                if path.contains("state=dead") { #expect(list.contains(">Retry \(count) jobs</a>"), "\(path)") }
            }
            // Sent again, the form keeps every state: one choice stands for all of them.
            let later = try #require(counts.first { $0.0.contains("state=later") })
            let form = try await browser.get(later.0)
            #expect(form.contains("<option value=\"later\" selected>") && form.contains("<option value=\"live\" selected>"))
            let several = try await browser.get("/jobs?state=dead&state=retry")
            #expect(several.contains("<option value=\"dead retry\" selected>"))
            let again = try await browser.get("/jobs?state=dead+retry")
            for id in [901, 914] { #expect(several.contains("href=\"/jobs/\(id)\"") && again.contains("href=\"/jobs/\(id)\"")) }
        }
    }

    @Test(
        .database,
        arguments: [
            ("lane=fast", "There is no lane fast."), ("state=dead&lane=fast", "There is no lane fast."),
            ("callback=that-one", "that-one is no id of a callback request."), ("state=ded", "There is no state ded."),
            ("state=dead&state=ded", "There is no state ded."), ("state=dead&job=x", "x is no number of a job."),
            ("job=901&job=x", "x is no number of a job."),
        ])
    func `what a filter says and can't be read fits nothing, and nothing is done by it`(
        query: String, problem: String
    ) async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.operator)
            if !query.hasPrefix("job=") {
                let list = try await browser.get("/jobs?\(query)")
                #expect(list.status == 200 && list.contains(problem))
                #expect(!list.contains("<th scope=\"row\"><a href=\"/jobs/"))
                #expect(!list.contains(">Cancel ") && !list.contains(">Retry "))
            }
            for verb in ["retry", "cancel"] {
                let preview = try await browser.get("/jobs/\(verb)?\(query)")
                #expect(preview.status == 400 && preview.contains(problem))
            }
        }
    }

    @Test(.database) func `a group of errors leads to its jobs and no others, and is acted on as such`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.sql(
                """
                DELETE FROM hub.job_dead;
                INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, error)
                SELECT n, n, CASE WHEN n < 810 THEN 1 ELSE 0 END, 1, 1, 0, 20, '{}',
                       jsonb_strip_nulls(jsonb_build_object('code', code, 'message', replace(text, '#', n::text)))
                FROM (VALUES
                    (801, 'E9', 'text A of job #'), (802, 'E9', 'text A of job #'), (803, 'E9', 'text A of job #'),
                    (804, 'E9', 'text B of job #'), (805, NULL, 'text A of job #'), (811, 'E9', 'text A of job #')
                ) AS v (n, code, text);
                """)
            let browser = try await console.signIn(.operator)
            let overview = try await browser.get("/")
            func group(_ jobs: Int, _ words: String) throws -> String {
                let rows = overview.text.split(separator: "<tr>").filter { $0.contains("text ") && $0.contains(words) }
                let links = rows.compactMap { $0.firstMatch(of: /<a href="([^"#]+)#list">(\d+)<\/a>/) }.filter {
                    $0.2 == "\(jobs)"
                }
                return String(try #require(links.first).1).replacing("&amp;", with: "&")
            }
            func shown(_ path: String) async throws -> [Int] {
                try await browser.get(path).text.matches(of: /<th scope="row"><a href="\/jobs\/(\d+)"/).compactMap { Int($0.1) }
            }
            let acme = try group(3, "<td>acme</td>")
            #expect(try await shown(acme) == [803, 802, 801])
            #expect(try await shown(try group(1, "text B")) == [804])
            let hub = try group(1, "the hub itself")
            #expect(try await shown(hub) == [811])
            let page = try await browser.get(acme)
            #expect(page.contains(">Retry 3 jobs</a>"))
            #expect(page.contains("Only this error's text"))
            // The hub itself is no tenant that other pages know.
            #expect(try await browser.get(hub).contains("href=\"/calls\""))

            let query = String(acme.drop { $0 != "?" })
            let (preview, done) = try await browser.act("/jobs/cancel" + query)
            #expect(preview.contains(">Cancel 3 jobs</button>"))
            #expect(done.status == 303)
            #expect(try await deadJobs(console) == [804, 805, 811])
        }
    }

    /// Dead jobs of these numbers; `order` makes their order number of their number `n`.
    private func addDead(_ ids: [Int64], to console: TestConsole, order: String) async throws {
        let statement = Statement(
            "",
            """
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, \(order), 1, 1, 1, 0, 20, '{}' FROM unnest($1::bigint[]) AS n
            """)
        try await console.database.execute(statement, [ids])
    }

    private func deadJobs(_ console: TestConsole) async throws -> [Int64] {
        try await console.database.query(Statement("", "SELECT id FROM hub.job_dead ORDER BY id")).map {
            try $0.decode(Int64.self)
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
