import CoreMetrics
import Foundation
import Logging
import Metrics
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite(.database, .timeLimit(.minutes(10))) struct ScrapedFiguresTests {
    private let registry = PrometheusRegistry()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func running(_ figures: ScrapedFigures, _ body: () async throws -> Void) async throws {
        try await withMetricsFactory(registry) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await figures.run() }
                try await body()
                group.cancelAll()
            }
        }
    }

    @Test func `a scrape has read what is too old, and nothing is read while nobody scrapes`() async throws {
        let database = try TestDatabase.current.connect()
        let figures = ScrapedFigures(database: database, logger: logger)
        let often = Mutex(0)
        let seldom = Mutex(0)
        figures.add("often", every: .zero) { database in
            _ = try await database.query(Statement("", "SELECT 1"))
            often.withLock { $0 += 1 }
        }
        figures.add("seldom", every: .seconds(3600)) { _ in seldom.withLock { $0 += 1 } }
        try await running(figures) {
            try await eventually("both were read at the start") { often.withLock { $0 } == 1 && seldom.withLock { $0 } == 1 }
            for scrape in 2...4 {
                figures.scraped()
                try await eventually("it was read again") { often.withLock { $0 } == scrape }
            }
            #expect(seldom.withLock { $0 } == 1)
            #expect(registry.text().contains("trunkline_figures_age_seconds{figures=\"seldom\"}"))
        }
        await database.close()
    }

    @Test func `what can't be read holds up neither the scrape nor the others`() async throws {
        struct Trouble: Error {}
        let database = try TestDatabase.current.connect()
        let figures = ScrapedFigures(database: database, logger: logger)
        let read = Mutex(0)
        figures.add("broken", every: .zero) { _ in throw Trouble() }
        figures.add("sound", every: .zero) { _ in read.withLock { $0 += 1 } }
        try await running(figures) {
            try await eventually("the other was read") { read.withLock { $0 } == 1 }
            figures.scraped()
            try await eventually("and again") { read.withLock { $0 } == 2 }
        }
        await database.close()
    }

    @Test func `certificates and secrets are shown with their ends`() throws {
        let figures = CredentialFigures()
        let file = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(TestCertificates.first.utf8).write(to: file)
        withMetricsFactory(registry) {
            figures.add("route", file: file.path())
            figures.add("tenant north: dynamics", end: Date(timeIntervalSince1970: 1_806_451_200))
            figures.add("gone", file: "/nowhere")
            figures.collect()
        }
        let lines = registry.text().split(separator: "\n").filter { $0.hasPrefix("trunkline_certificate_expiry") }
        let end = try #require(CertificateEnd.of(file: file.path()))
        #expect(
            Set(lines) == [
                "trunkline_certificate_expiry_timestamp_seconds{certificate=\"route\"} \(Int(end.timeIntervalSince1970))",
                "trunkline_certificate_expiry_timestamp_seconds{certificate=\"tenant north: dynamics\"} 1806451200",
            ])
    }

    @Test func `a check that is gone counts as well`() throws {
        let readiness = Readiness()
        let figures = HealthFigures(readiness)
        withMetricsFactory(registry) {
            readiness.set("database", .unready, "away")
            readiness.set("tenant north", .degraded, "refused")
            figures.collect()
            #expect(registry.text().contains("trunkline_health{check=\"database\"} 2\n"))
            #expect(registry.text().contains("trunkline_health{check=\"tenant north\"} 1\n"))
            readiness.set("database", .ready)
            readiness.remove("tenant north")
            figures.collect()
            #expect(registry.text().contains("trunkline_health{check=\"database\"} 0\n"))
            #expect(registry.text().contains("trunkline_health{check=\"tenant north\"} 0\n"))
        }
    }
}
