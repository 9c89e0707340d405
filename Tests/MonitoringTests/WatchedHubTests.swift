import Foundation
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

/// The whole hub under the eyes of the real Prometheus: what it shows, what it traces, and what it logs.
@Suite(.serialized) struct WatchedHubTests {
    @Test(.timeLimit(.minutes(30)))
    func `a morning is seen in metrics, traces and logs, and nobody's number with it`() async throws {
        try await WatchedHub.with { watched in
            try await watched.countAnHourOfWebhooks()
            try await watched.begin(calls: 120, callbacks: 20)
            let prometheus = try PrometheusServer(scraping: watched.targets)
            do {
                try await watched.seeMorningEnd(calls: 120)
                try await watched.changeSomebody()
                try await askRouter(watched)
                try await callbackChain(watched)
                try await chain(watched)
                try await scrapes(watched, prometheus)
                try await privacy(watched)
            } catch {
                try await prometheus.end()
                throw error
            }
            try await prometheus.end()
        }
    }

    // MARK: Metrics

    private func askRouter(_ watched: WatchedHub) async throws {
        let rules = watched.hub.folder.appending(path: "rules.yaml")
        try Data(
            "timezone: Europe/Helsinki\nqueues: {support: '+35893100500'}\nrules:\n  - {name: all, to: support}\n".utf8
        ).write(to: rules)
        _ = try await watched.hub.command(["rules", "apply", rules.path(), "--note", "a test"])
        let key = try await watched.hub.command(["route", "keys", "add", "enreach"]).trimmingCharacters(
            in: .whitespacesAndNewlines)
        try await eventually("the router knows rules and key") {
            try await watched.ask(#"{"anum":"+358501000022","bnum":"+35893100501"}"#, key: key) == 200
        }
        #expect(try await watched.ask(#"{"anum":"+358501000022","bnum":"+35893100500"}"#, key: key) == 204)
        #expect(try await watched.ask(#"{"anum":"+358501000022","bnum":"+35893100500"}"#, key: "wrong") == 401)
    }

    private func scrapes(_ watched: WatchedHub, _ prometheus: PrometheusServer) async throws {
        let instances = watched.targets.values.reduce(0) { $0 + $1.count }
        try await eventually("all are scraped: \(prometheus.lastWords)") {
            try await prometheus.query("up").filter { $0.value == 1 }.count == instances
        }
        // What is read from the database shows a scrape later; balances are read every five minutes, the first time at the start.
        try await eventually("the figures of the hub are there") {
            for figure in [
                "trunkline_queue_jobs", "trunkline_directory_age_seconds",
                "trunkline_watermark_lag_seconds{source=\"callbacks\"}",
            ] where try await prometheus.query(figure).isEmpty { return false }
            return true
        }
        try await everythingUsedIsThere(prometheus)
        try await expressionsMakeSense(prometheus)
        try await alertsAreWell(prometheus)
        try await exemplars(watched, prometheus)
        // An instance that does not answer a scrape in its second shows nothing until the next.
        for (expression, count) in [
            ("trunkline_build_info == 1", 6), ("trunkline_database_connected == 1", 6),
            ("max(abs(trunkline_balance_difference)) == 0", 1), ("min(trunkline_partitions_ahead_seconds) > 86400", 1),
            ("sum(trunkline_calls_finished_total{state=\"written\"}) > 10", 1),
            ("sum(trunkline_route_answers_total{outcome=\"route\"}) > 0", 1),
        ] {
            try await eventually("\(expression), \(count) times") { try await prometheus.query(expression).count == count }
        }
        #expect(try await prometheus.query("trunkline_schema_version != trunkline_schema_known_version").isEmpty)
        try await eventually("the console shows one sign-in of either kind") {
            let signIns = try await prometheus.query("sum by (result) (trunkline_console_signins_total{job=\"console\"})")
            return Set(signIns.compactMap { $0.metric["result"] }) == ["password", "refused"]
        }
        let events = try await prometheus.query("count by (event) (trunkline_webhooks_delay_seconds_count)")
        #expect(Set(events.compactMap { $0.metric["event"] }).isSubset(of: ["call", "callback", "other"]))
        #expect(try await prometheus.query("sum(trunkline_metrics_dropped_series_total)").first?.value == 0)
        #expect(try await prometheus.query("sum(trunkline_traces_dropped_total)").first?.value == 0)
    }

    /// What rules or dashboard use and nobody has shown yet: each with the reason.
    private static let notYet: [String: String] = [
        "trunkline_enreach_malformed_elements_total": "the sandbox sends no element that can't be read",
        "trunkline_console_actions_total": "nobody did anything at the console",
    ]

    private func everythingUsedIsThere(_ prometheus: PrometheusServer) async throws {
        var used = Set(try Dashboard.read().expressions.flatMap { $0.expression.metrics })
        for rule in try AlertRules.read().all { used.formUnion(Expression(text: rule.expr).metrics) }
        let documented = try MonitoringFiles.documented()
        #expect(used.filter { documented[$0] == nil }.isEmpty)
        // Some are there only once their program has asked the database again.
        var missing = used
        do {
            try await eventually("all is shown") {
                let shown = Set(
                    try await prometheus.query("group by (__name__) ({__name__=~\".+\"})").compactMap { $0.metric["__name__"] })
                let names = Set(shown.map { $0.replacing(/_(bucket|count|sum)$/, with: "") }).union(shown)
                missing = missing.filter { !names.contains($0) && Self.notYet[$0] == nil }
                return missing.isEmpty
            }
        } catch is ConditionNeverHeld {
            Issue.record("not shown by any program: \(missing.sorted())")
        }
    }

    private func expressionsMakeSense(_ prometheus: PrometheusServer) async throws {
        for (panel, expression) in try Dashboard.read().expressions {
            await #expect(throws: Never.self, "\(panel): \(expression.text)") {
                _ = try await prometheus.query(expression.concrete)
            }
        }
    }

    private func alertsAreWell(_ prometheus: PrometheusServer) async throws {
        let rules = try AlertRules.read().all.map(\.alert)
        try await eventually("every rule was evaluated") {
            let health = try await prometheus.rules()
            return rules.allSatisfy { health[$0] == "ok" }
        }
        let firing = try await prometheus.query("ALERTS{alertstate=\"firing\", severity=\"critical\"}")
        #expect(firing.isEmpty, "\(firing.compactMap { $0.metric["alertname"] })")
    }

    /// A bucket of the latency leads to a trace that the receiver has, or has in a moment: spans are sent every half second.
    private func exemplars(_ watched: WatchedHub, _ prometheus: PrometheusServer) async throws {
        try await eventually("exemplars were scraped") {
            try await !prometheus.exemplars("trunkline_calls_latency_seconds_bucket").isEmpty
        }
        for metric in ["trunkline_calls_latency_seconds_bucket", "trunkline_dynamics_request_seconds_bucket"] {
            var missing = try await prometheus.exemplars(metric)
            do {
                try await eventually("the traces have come") {
                    let traces = Set(watched.collector.spans.map(\.trace))
                    missing.removeAll { traces.contains($0["trace_id"] ?? "") }
                    return missing.isEmpty
                }
            } catch is ConditionNeverHeld {
                Issue.record("\(metric): no traces of \(missing)")
            }
        }
    }

    // MARK: Traces

    private func chain(_ watched: WatchedHub) async throws {
        try await watched.stopPolling()
        let call = try await watched.makeCall()
        let sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await watched.tell(of: call, trace: sent)
        try await eventually("the call is written") { try await watched.state(of: call) == "written" }
        let collector = watched.collector
        let id = call.uuidString.lowercased()
        try await eventually("its spans have come") {
            collector.spans.contains { $0.name == "call.write" && $0.attributes["trunkline.job.key"] == id }
                && Set(collector.trace("0af7651916cd43dd8448eb211c80319c").map(\.name)).isSuperset(
                    of: ["webhook", "call.read", "GET calls", "ingest calls", "call.write batch", "call.write", "write"])
        }
        let trace = collector.trace("0af7651916cd43dd8448eb211c80319c")
        let webhook = try #require(trace.first { $0.name == "webhook" })
        #expect(webhook.parent == "b7ad6b7169203331" && webhook.kind == 2 && webhook.attributes["trunkline.call"] == id)
        let written = try #require(
            trace.last { $0.name == "dynamics batch" && ($0.attributes["trunkline.dynamics.changes"] ?? "0") != "0" })
        #expect(
            collector.path(of: written)
                == ["dynamics batch", "write", "call.write batch", "ingest calls", "call.read", "webhook", "?"],
            "the sender's own span is the one that did not come here")
        let asked = try #require(trace.first { $0.name == "GET calls" })
        #expect(collector.path(of: asked) == ["GET calls", "call.read", "webhook", "?"] && asked.kind == 3)
        #expect(
            asked.attributes["http.response.status_code"] == "200" && written.attributes["http.response.status_code"] == "200")
        let one = try #require(trace.first { $0.name == "call.write" })
        #expect(one.attributes["trunkline.job.outcome"] == "done")
        #expect(one.links.first?.last == trace.first { $0.name == "call.write batch" }?.id)
        #expect(Set(trace.compactMap { $0.resource["service.name"] }) == ["call-sync"])
        #expect(collector.faults.isEmpty, "\(collector.faults.prefix(3))")
        for program in ["call-sync", "user-sync", "callback-sync"] {
            #expect(collector.spans.contains { $0.resource["service.name"] == program }, "\(program)")
        }
    }

    /// What became of a callback request is one trace: from its sight to its phone call, and to its end in Enreach.
    private func callbackChain(_ watched: WatchedHub) async throws {
        let collector = watched.collector
        func closed() -> TraceCollector.Span? {
            collector.spans.first { $0.name == "callback.close" && $0.attributes["trunkline.job.outcome"] == "done" }
        }
        try await eventually("a request's close has come") { closed() != nil }
        let close = try #require(closed())
        for name in ["callbacks.poll", "GET callbacks", "ingest callbacks", "callback.write"] {
            try await eventually("\(name) has come") { collector.trace(close.trace).contains { $0.name == name } }
        }
        #expect(collector.path(of: close) == ["callback.close", "ingest callbacks", "callbacks.poll"])
        let asked = collector.trace(close.trace).first { $0.kind == 3 && $0.name.hasPrefix("PUT callbacks") }
        #expect(asked.map { collector.path(of: $0).dropFirst() } == ["ingest callbacks", "callbacks.poll"])
    }

    // MARK: Logs

    private func privacy(_ watched: WatchedHub) async throws {
        let numbers = KnownNumbers(try await watched.hub.database.query(Self.numbers).map { try $0.decode(String.self) })
        #expect(numbers.count > 60)
        var (lines, ofTenant, ofCall, ofTrace) = (0, 0, 0, 0)
        for file in try FileManager.default.contentsOfDirectory(at: watched.hub.folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "log" && !file.lastPathComponent.hasPrefix("sandbox") {
            // What is behind the last end of a line is being written.
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            for line in text[..<(text.lastIndex(of: "\n") ?? text.startIndex)].split(separator: "\n") {
                let fields = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                    "\(file.lastPathComponent): \(line)")
                #expect(fields["program"] != nil || fields["logger"] != nil)
                lines += 1
                if fields["tenant"] as? String == RehearsedHub.tenant { ofTenant += 1 }
                if (fields["call"] as? String).flatMap(UUID.init(uuidString:)) != nil { ofCall += 1 }
                if (fields["trace_id"] as? String)?.count == 32 { ofTrace += 1 }
                #expect(numbers.named(in: String(line)).isEmpty, "\(file.lastPathComponent): \(line)")
            }
        }
        #expect(lines > 100 && ofTenant > 20 && ofCall > 20 && ofTrace > 20, "\(lines) \(ofTenant) \(ofCall) \(ofTrace)")
        for span in watched.collector.spans {
            let texts = [span.name] + span.events + span.attributes.values
            #expect(numbers.named(in: texts.joined(separator: "\n")).isEmpty, "span \(span.name)")
        }
    }

    private static let numbers = Statement(
        "",
        """
        SELECT DISTINCT n FROM (
            SELECT unnest(ARRAY[own_number, other_number, own_raw, other_raw]) AS n FROM hub.call
            UNION ALL SELECT unnest(ARRAY[number, number_raw, called_number]) FROM hub.callback
            UNION ALL SELECT number FROM hub.own_number UNION ALL SELECT mobile_number FROM hub.person
            UNION ALL SELECT number FROM hub.directory_number
        ) AS all_of_them WHERE n IS NOT NULL
        """)
}
