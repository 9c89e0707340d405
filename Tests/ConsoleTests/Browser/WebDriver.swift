import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A real browser, driven over the WebDriver protocol (W3C) by chromedriver. Both end with `stop()`.
final class WebDriver: Sendable {
    private let process: Process
    private let base: String
    private let session: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter scripts: whether the browser runs scripts.
    static func start(scripts: Bool = true) async throws -> WebDriver {
        let (process, port) = try await driver()
        let base = "http://127.0.0.1:\(port)"
        var arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1360,900",
            "--force-prefers-reduced-motion",
        ]
        if !scripts { arguments.append("--blink-settings=scriptEnabled=false") }
        let wanted = Wanted(arguments: arguments)
        do {
            let made: Session = try await send(.POST, base + "/session", wanted)
            return WebDriver(process, base, made.sessionId)
        } catch {
            end(process)
            throw error
        }
    }

    private init(_ process: Process, _ base: String, _ session: String) {
        (self.process, self.base, self.session) = (process, base, session)
    }

    func stop() async {
        _ = try? await call(.DELETE, "") as String?
        Self.end(process)
    }

    /// It starts with the signals blocked that this process' threads block, SIGTERM among them.
    private static func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    // MARK: Doing

    func open(_ url: String) async throws { try await order("/url", ["url": url]) }
    var url: String { get async throws { try await call(.GET, "/url") } }
    var title: String { get async throws { try await call(.GET, "/title") } }

    /// Types into whatever has the focus, as a keyboard does.
    func type(_ keys: String) async throws {
        struct Key: Encodable { let type: String; let value: String }
        struct Source: Encodable { let type = "key"; let id = "keyboard"; let actions: [Key] }
        struct Actions: Encodable { let actions: [Source] }
        let strokes = keys.unicodeScalars.flatMap {
            [Key(type: "keyDown", value: String($0)), Key(type: "keyUp", value: String($0))]
        }
        try await order("/actions", Actions(actions: [Source(actions: strokes)]))
    }

    static let tab = "\u{E004}"
    static let enter = "\u{E007}"
    static let escape = "\u{E00C}"

    /// Runs a script's body with a result of that type. Not hindered by the page's own policy.
    func run<Value: Decodable & Sendable>(_ script: String, as type: Value.Type = Value.self) async throws -> Value {
        try await call(.POST, "/execute/sync", Script(script: script))
    }

    /// The same for a script that answers later, by calling its last argument.
    func runLater<Value: Decodable & Sendable>(_ script: String, as type: Value.Type = Value.self) async throws -> Value {
        try await call(.POST, "/execute/async", Script(script: script))
    }

    /// What the whole page looks like, as PNG.
    func picture() async throws -> Data {
        let height: Int = try await run("return document.documentElement.scrollHeight")
        try await size(1360, max(900, min(height, 6000)))
        let text: String = try await call(.GET, "/screenshot")
        try await order("/goog/cdp/execute", Command("Emulation.clearDeviceMetricsOverride", [:] as [String: Int]))
        return Data(base64Encoded: text) ?? Data()
    }

    private func size(_ width: Int, _ height: Int) async throws {
        struct Metrics: Encodable {
            let width: Int
            let height: Int
            let deviceScaleFactor = 1
            let mobile = false
        }
        try await order(
            "/goog/cdp/execute", Command("Emulation.setDeviceMetricsOverride", Metrics(width: width, height: height)))
    }

    /// Light or dark, as the system would have it.
    func prefer(_ scheme: String) async throws {
        struct Feature: Encodable { let name = "prefers-color-scheme"; let value: String }
        struct Media: Encodable { let features: [Feature] }
        try await order("/goog/cdp/execute", Command("Emulation.setEmulatedMedia", Media(features: [Feature(value: scheme)])))
    }

    /// What the browser complained about since it was last asked: errors of scripts, of the policy, of files that were not there.
    func complaints() async throws -> [String] {
        struct Entry: Decodable { let level: String; let message: String }
        let entries: [Entry] = try await call(.POST, "/se/log", ["type": "browser"])
        return entries.filter { $0.level == "SEVERE" || $0.level == "WARNING" }.map { "\($0.level): \($0.message)" }
    }

    // MARK: The protocol

    private struct Command<Parameters: Encodable>: Encodable {
        let cmd: String
        let params: Parameters
        init(_ cmd: String, _ params: Parameters) { (self.cmd, self.params) = (cmd, params) }
    }

    private struct Script: Encodable {
        let script: String
        let args: [String] = []
    }

    private struct Session: Decodable { let sessionId: String }

    private struct Wanted: Encodable {
        struct Options: Encodable { let args: [String] }
        struct Capabilities: Encodable {
            let options: Options
            enum CodingKeys: String, CodingKey { case options = "goog:chromeOptions", logs = "goog:loggingPrefs" }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(options, forKey: .options)
                try container.encode(["browser": "ALL"], forKey: .logs)
            }
        }
        struct Match: Encodable { let alwaysMatch: Capabilities }
        let capabilities: Match
        init(arguments: [String]) { capabilities = Match(alwaysMatch: Capabilities(options: Options(args: arguments))) }
    }

    private func call<Value: Decodable & Sendable>(_ method: HTTPMethod, _ path: String, _ body: (some Encodable)? = String?.none)
        async throws -> Value
    {
        try await Self.send(method, "\(base)/session/\(session)\(path)", body)
    }

    private func order(_ path: String, _ body: some Encodable) async throws {
        let _: Ignored = try await call(.POST, path, body)
    }

    private struct Ignored: Decodable { init(from decoder: any Decoder) {} }
    private struct Envelope<Value: Decodable>: Decodable { let value: Value }
    private struct Trouble: Decodable { let error: String; let message: String }

    private static func send<Value: Decodable & Sendable>(_ method: HTTPMethod, _ url: String, _ body: (some Encodable)?)
        async throws -> Value
    {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(Array(try JSONEncoder().encode(body)))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let data = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        guard response.status == .ok else {
            let trouble = try? JSONDecoder().decode(Envelope<Trouble>.self, from: data).value
            throw Failure(
                description: trouble.map { "\($0.error): \($0.message.prefix(300))" } ?? "status \(response.status.code)")
        }
        return try JSONDecoder().decode(Envelope<Value>.self, from: data).value
    }

    /// Starts chromedriver at a free port, which it tells.
    private static func driver() async throws -> (Process, Int) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["chromedriver", "--port=0"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw Failure(
                    description:
                        "chromedriver does not run: install chromium and chromium-driver (deploy/system-packages --tests)")
            }
            text += String(decoding: data, as: UTF8.self)
            if let match = text.firstMatch(of: /started successfully on port (\d+)/), let port = Int(match.1) {
                return (process, port)
            }
        }
    }
}
