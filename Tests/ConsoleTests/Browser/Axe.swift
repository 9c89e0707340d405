import Foundation
import TestSupport

/// axe-core, which looks at a page as people do who don't see it, or see colours otherwise. It comes with the tools of deploy/check.
enum Axe {
    struct Violation: Decodable, Sendable, CustomStringConvertible {
        struct Node: Decodable, Sendable {
            let html: String
            let failureSummary: String?
        }

        let id: String
        let help: String
        let nodes: [Node]

        var description: String {
            "\(id): \(help)\n"
                + nodes.prefix(3).map { "  \($0.html.prefix(200))\n    \($0.failureSummary ?? "")" }.joined(separator: "\n")
        }
    }

    /// The script; laid beside the build when it is missing.
    static func script() async throws -> String {
        let folder = try BuiltProgram.folder().appending(path: "../../deploy-tools").standardized
        let tools = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../deploy/check/tools")
            .standardized
        let process = Process()
        process.executableURL = tools
        process.arguments = [folder.path()]
        process.standardOutput = FileHandle.standardError
        try process.run()
        try await process.ended()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: "lib").path())
        guard process.terminationStatus == 0, let name = names.first(where: { $0.hasSuffix("axe_playwright_python/axe.min.js") })
        else {
            throw WebDriver.Failure(description: "axe could not be laid: see deploy/check/tools")
        }
        return try String(contentsOf: folder.appending(path: "lib/\(name)"), encoding: .utf8)
    }

    /// What is wrong with the page that the browser shows, by the rules of WCAG 2.2 AA and good practice.
    static func look(_ driver: WebDriver, _ script: String) async throws -> [Violation] {
        let _: Bool = try await driver.run("if (!window.axe) { \(script) }\nreturn true;")
        return try await driver.runLater(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ["violations"]}).then(
                (results) => done(results.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => ({html: n.html, failureSummary: n.failureSummary}))}))),
                (error) => done([{id: "axe", help: String(error), nodes: []}]));
            """)
    }
}
