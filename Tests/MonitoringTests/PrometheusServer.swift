import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// Debian's Prometheus with the hub's own rules, on a free port, in a folder of its own.
final class PrometheusServer {
    private let process: Process
    private let folder: URL
    private let log: URL
    let address: String

    /// - Parameter targets: for each job of the configuration, where its instances show their metrics.
    init(scraping targets: [String: [String]]) throws {
        let port = try FreePort.find()
        address = "http://127.0.0.1:\(port)"
        folder = FileManager.default.temporaryDirectory.appending(path: "prometheus-\(UUID().uuidString)")
        log = folder.appending(path: "log")
        try FileManager.default.createDirectory(at: folder.appending(path: "data"), withIntermediateDirectories: true)
        let configuration = folder.appending(path: "prometheus.yml")
        try Data(Self.configuration(targets).utf8).write(to: configuration)
        try Data().write(to: log)
        process = try Tool.make(
            "prometheus",
            [
                "--config.file=\(configuration.path())", "--storage.tsdb.path=\(folder.appending(path: "data").path())",
                "--web.listen-address=127.0.0.1:\(port)", "--enable-feature=exemplar-storage", "--log.level=warn",
            ], in: folder, output: try FileHandle(forWritingTo: log))
        try process.run()
    }

    private static func configuration(_ targets: [String: [String]]) -> String {
        let jobs = targets.sorted { $0.key < $1.key }.map { job, addresses in
            "  - job_name: \(job)\n    static_configs:\n      - targets: [\(addresses.joined(separator: ", "))]\n"
        }
        return """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ['\(MonitoringFiles.rules.path())']
            scrape_configs:
            \(jobs.joined())
            """
    }

    /// Ends it and removes its folder.
    func end() async throws {
        process.terminate()
        try await eventually("Prometheus ends") { !process.isRunning }
        try FileManager.default.removeItem(at: folder)
    }

    var lastWords: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    struct Sample: Decodable {
        let metric: [String: String]
        let value: Double

        private enum Keys: CodingKey {
            case metric, value
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            metric = try container.decode([String: String].self, forKey: .metric)
            var pair = try container.nestedUnkeyedContainer(forKey: .value)
            _ = try pair.decode(Double.self)
            value = Double(try pair.decode(String.self)) ?? .nan
        }
    }

    private struct Answer<Content: Decodable>: Decodable {
        let status: String
        let data: Content
    }

    /// The present value of an expression. Throws when Prometheus can't make sense of it.
    func query(_ expression: String) async throws -> [Sample] {
        struct Result: Decodable {
            let result: [Sample]
        }
        return try await get("query", [("query", expression)], Result.self).result
    }

    /// Traces that histograms of an expression name.
    func exemplars(_ expression: String) async throws -> [[String: String]] {
        struct Series: Decodable {
            struct Exemplar: Decodable {
                let labels: [String: String]
            }
            let exemplars: [Exemplar]
        }
        let now = Date().timeIntervalSince1970
        return try await get(
            "query_exemplars", [("query", expression), ("start", "\(now - 3600)"), ("end", "\(now + 60)")], [Series].self
        ).flatMap { $0.exemplars.map(\.labels) }
    }

    /// Health of each rule, by the alert's name.
    func rules() async throws -> [String: String] {
        struct Rules: Decodable {
            struct Group: Decodable {
                struct Rule: Decodable {
                    let name: String
                    let health: String
                }
                let rules: [Rule]
            }
            let groups: [Group]
        }
        let rules = try await get("rules", [], Rules.self).groups.flatMap(\.rules)
        return Dictionary(rules.map { ($0.name, $0.health) }) { first, _ in first }
    }

    private func get<Content: Decodable>(_ path: String, _ query: [(String, String)], _: Content.Type) async throws -> Content {
        var components = URLComponents(string: "\(address)/api/v1/\(path)")
        components?.queryItems = query.map { URLQueryItem(name: $0.0, value: $0.1) }
        // A plus sign would be a blank there.
        let url = (components?.string ?? "").replacing("+", with: "%2B")
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 64 << 20)
        guard response.status == .ok else { throw Refusal(description: String(buffer: body)) }
        return try JSONDecoder().decode(Answer<Content>.self, from: Data(body.readableBytesView)).data
    }

    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }
}
