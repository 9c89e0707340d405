import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@Suite("A listener hears what is notified and says where it may have missed something", .database)
struct ListenerTests {
    private func withListener<R: Sendable>(named name: String = "listener", _ body: (Listener, Database) async throws -> R)
        async throws -> R
    {
        let configuration = DatabaseConfiguration(try TestDatabase.current.url, applicationName: name)
        let listener = Listener(configuration, logger: .quiet)
        return try await withDatabase { database in
            let running = Task { try await listener.run() }
            defer { running.cancel() }
            return try await body(listener, database)
        }
    }

    private func notify(_ channel: String, _ payload: String, _ database: Database) async throws {
        _ = try await database.query(.once("SELECT pg_notify($1, $2)"), [channel, payload])
    }

    @Test(.timeLimit(.minutes(5))) func whatIsSentAfterListeningArrivesInOrder() async throws {
        try await withListener { (listener, database) async throws in
            var events = listener.notifications(on: "Äpfel \"und\" Birnen").makeAsyncIterator()
            #expect(await events.next() == .listening)
            for number in 1...100 { try await notify("Äpfel \"und\" Birnen", "\(number)", database) }
            for number in 1...100 { #expect(await events.next() == .notification(payload: "\(number)")) }
        }
    }

    @Test(.timeLimit(.minutes(5))) func eachSubscriberHearsItsOwnChannels() async throws {
        try await withListener { (listener, database) async throws in
            var red = listener.notifications(on: "red").makeAsyncIterator()
            var alsoRed = listener.notifications(on: "red").makeAsyncIterator()
            var blue = listener.notifications(on: "blue").makeAsyncIterator()
            #expect(await red.next() == .listening)
            #expect(await alsoRed.next() == .listening)
            #expect(await blue.next() == .listening)
            try await notify("blue", "b", database)
            try await notify("red", "r", database)
            #expect(await red.next() == .notification(payload: "r"))
            #expect(await alsoRed.next() == .notification(payload: "r"))
            #expect(await blue.next() == .notification(payload: "b"))
        }
    }

    @Test(.timeLimit(.minutes(5))) func aLostConnectionIsAGap() async throws {
        try await withListener(named: "to-be-killed") { (listener, database) async throws in
            var events = listener.notifications(on: "gap").makeAsyncIterator()
            #expect(await events.next() == .listening)
            let kill = Statement.once(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'to-be-killed'")
            for _ in 1...3 {
                #expect(try await database.query(kill).value(Int.self) == 1)
                #expect(await events.next() == .listening)
            }
            try await notify("gap", "after", database)
            #expect(await events.next() == .notification(payload: "after"))
        }
    }

    @Test(.timeLimit(.minutes(5))) func aSubscriberThatFallsBehindSeesAGap() async throws {
        try await withListener { (listener, database) async throws in
            let stream = listener.notifications(on: "flood")
            var events = stream.makeAsyncIterator()
            #expect(await events.next() == .listening)
            _ = try await database.query(.once("SELECT count(pg_notify('flood', i::text)) FROM generate_series(1, 10000) AS i"))
            var marker = listener.notifications(on: "marker").makeAsyncIterator()
            #expect(await marker.next() == .listening)
            try await notify("marker", "", database)
            #expect(await marker.next() == .notification(payload: ""))
            // Everything has arrived; the backlog is full, and what was lost is reported before anything newer.
            try await notify("flood", "last", database)
            var sawGap = false
            while let event = await events.next() {
                if event == .listening { sawGap = true }
                if event == .notification(payload: "last") { break }
            }
            #expect(sawGap)
        }
    }

    @Test(.timeLimit(.minutes(5))) func aChannelThatNobodyHearsIsNoLongerListenedTo() async throws {
        try await withListener { (listener, database) async throws in
            do {
                var events = listener.notifications(on: "short").makeAsyncIterator()
                #expect(await events.next() == .listening)
            }
            var events = listener.notifications(on: "long").makeAsyncIterator()
            #expect(await events.next() == .listening)
            try await notify("long", "x", database)
            #expect(await events.next() == .notification(payload: "x"))
        }
    }

    @Test(.timeLimit(.minutes(5))) func shutdownEndsTheSequences() async throws {
        let listener = Listener(DatabaseConfiguration(try TestDatabase.current.url), logger: .quiet)
        let group = ServiceGroup(services: [listener], logger: .quiet)
        let running = Task { try await group.run() }
        var events = listener.notifications(on: "end").makeAsyncIterator()
        #expect(await events.next() == .listening)
        await group.triggerGracefulShutdown()
        #expect(await events.next() == nil)
        try await running.value
        var late = listener.notifications(on: "late").makeAsyncIterator()
        #expect(await late.next() == nil)
    }
}
