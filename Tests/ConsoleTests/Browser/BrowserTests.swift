import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

/// The console in a real browser: chromium, headless.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BrowserTests {
    /// Runs `body` with a browser in which an administrator has signed in by the keyboard alone.
    private func run(scripts: Bool = true, _ body: (TestConsole, WebDriver, String) async throws -> Void) async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            try await console.addOperator("Night Watch", .administrator)
            let driver = try await WebDriver.start(scripts: scripts)
            do {
                let address = console.address.replacing("127.0.0.1", with: "localhost")
                try await driver.open(address + "/jobs")
                try await focus(driver, on: "name")
                try await driver.type("night watch" + WebDriver.tab + TestConsole.password + WebDriver.enter)
                try await eventually("signed in") { try await driver.url == address + "/jobs" }
                try await body(console, driver, address)
            } catch {
                await driver.stop()
                throw error
            }
            await driver.stop()
        }
    }

    /// Waits until the page has given the focus to its field of that name, which is some time after it is there.
    private func focus(_ driver: WebDriver, on name: String) async throws {
        try await eventually("the field \(name) has the focus") {
            try await driver.run("return document.activeElement?.name ?? ''", as: String.self) == name
        }
    }

    private func keep(_ picture: Data, _ path: String, _ scheme: String) throws {
        let folder = try BuiltProgram.folder().appending(path: "console-screenshots")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = String(path.dropFirst().map { $0.isLetter || $0.isNumber ? $0 : "-" }.prefix(80))
        try picture.write(to: folder.appending(path: "\(name.isEmpty ? "overview" : name).\(scheme).png"))
    }

    @Test func `each page with a name in its path has an example`() {
        for page in ConsoleFeatures.pages where page.path.contains(":") && !WalkedPages.downloads.contains(page.path) {
            #expect(WalkedPages.examples[page.path]?.isEmpty == false, "\(page.path)")
        }
    }

    @Test(.database, arguments: ["light", "dark"]) func `every page is in order for everybody`(scheme: String) async throws {
        let axe = try await Axe.script()
        try await run { console, driver, address in
            try await driver.prefer(scheme)
            _ = try await driver.complaints()
            for path in WalkedPages.all {
                try await driver.open(address + path)
                let heading: String = try await driver.run("return document.querySelector('h1')?.textContent ?? ''")
                #expect(!heading.isEmpty, "\(path)")
                #expect(try await driver.title.hasSuffix(" · Trunkline"), "\(path)")
                // The dark one is dark.
                let ground: String = try await driver.run("return getComputedStyle(document.body).backgroundColor")
                #expect(ground == (scheme == "dark" ? "rgb(20, 23, 28)" : "rgb(246, 247, 249)"), "\(path)")
                let complaints = try await driver.complaints().filter { !(path == "/nowhere" && $0.contains("404")) }
                #expect(complaints.isEmpty, "\(path): \(complaints)")
                let violations = try await Axe.look(driver, axe)
                #expect(violations.isEmpty, "\(path): \(violations.map(\.description).joined(separator: "\n"))")
                // Nothing is wider than the window: tables scroll in their own boxes.
                let overflow: Int = try await driver.run(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(overflow <= 0, "\(path) is \(overflow) pixels too wide")
                try keep(try await driver.picture(), path, scheme)
            }
        }
    }

    @Test(.database) func `the way in is in order, too`() async throws {
        let axe = try await Axe.script()
        try await TestConsole.run { console in
            let driver = try await WebDriver.start()
            do {
                try await driver.open(console.address.replacing("127.0.0.1", with: "localhost") + "/sign-in")
                #expect(try await Axe.look(driver, axe).map(\.description) == [])
                try keep(try await driver.picture(), "/sign-in", "light")
            } catch {
                await driver.stop()
                throw error
            }
            await driver.stop()
        }
    }

    @Test(.database, arguments: [true, false]) func `an action is done with the keyboard alone, with scripts and without`(
        scripts: Bool
    ) async throws {
        try await run(scripts: scripts) { console, driver, address in
            try await driver.open(address + "/jobs/901")
            try await tab(driver, to: "Retry")
            try await driver.type(WebDriver.enter)
            try await eventually("the preview") { try await driver.url == address + "/jobs/retry?job=901" }
            try await focus(driver, on: "reason")
            try await driver.type("the vendor is back" + WebDriver.enter)
            try await eventually("done") { try await driver.url == address + "/jobs/901" }
            let said: String = try await driver.run("return document.querySelector('.notice').textContent")
            #expect(said == "1 job will run again.")
            #expect(try await console.audit("jobs.retry").first?.detail?.contains("the vendor is back") == true)
        }
    }

    /// Goes from one thing to the next until the focus is on the link or button of that text.
    private func tab(_ driver: WebDriver, to text: String) async throws {
        for _ in 0..<60 {
            try await driver.type(WebDriver.tab)
            let focused: String = try await driver.run("return document.activeElement?.textContent ?? ''")
            if focused.trimmingCharacters(in: .whitespacesAndNewlines) == text { return }
        }
        throw WebDriver.Failure(description: "the keyboard does not reach \(text)")
    }

    @Test(.database) func `the first thing the keyboard reaches skips the navigation`() async throws {
        try await run { _, driver, address in
            try await driver.open(address + "/jobs")
            try await driver.type(WebDriver.tab)
            let first: String = try await driver.run("return document.activeElement.textContent")
            #expect(first == "Skip to the content")
            try await driver.type(WebDriver.enter)
            try await eventually("it is at the content") {
                try await driver.run("return document.activeElement?.id ?? ''", as: String.self) == "content"
            }
        }
    }

    @Test(.database) func `figures change while one looks, and keys lead on`() async throws {
        try await run { console, driver, address in
            try await driver.open(address + "/jobs")
            try await eventually("live") {
                try await driver.run("return document.querySelector('[data-live-state]').textContent", as: String.self) == "Live"
            }
            try await console.sql("UPDATE hub.job_depth SET jobs = 54321 WHERE state = 'ready'")
            try await eventually("the new count") {
                try await driver.run(
                    "return document.querySelector('[data-live]').textContent.includes('54\\u202f321')", as: Bool.self)
            }
            #expect(try await driver.complaints().isEmpty)
            try await driver.type("/")
            let focused: String = try await driver.run("return document.activeElement.name")
            #expect(focused == "key")
            try await driver.type(WebDriver.escape + "ga")
            try await eventually("the audit") { try await driver.url == address + "/audit" }
        }
    }
}
