import Foundation
import TestSupport
import Testing

@Suite struct RunbookTests {
    private struct Section {
        let alert: String
        let text: String
    }

    private func sections() throws -> [Section] {
        let page = try MonitoringFiles.text(MonitoringFiles.runbooks)
        return page.split(separator: "\n### ").dropFirst().compactMap { part in
            let lines = part.split(separator: "\n", maxSplits: 1)
            return lines.count == 2 ? Section(alert: String(lines[0]), text: String(lines[1])) : nil
        }
    }

    @Test func `every alert has its section with its severity and what to do, and no section is left over`() throws {
        let rules = try AlertRules.read().all
        let sections = try sections()
        #expect(sections.map(\.alert).sorted() == rules.map(\.alert).sorted())
        for section in sections {
            let rule = try #require(rules.first { $0.alert == section.alert })
            #expect(section.text.hasPrefix("\n\(rule.labels["severity"] ?? "") · "), "\(section.alert)")
            #expect(section.text.contains("**Do**") || section.text.contains("and **do**"), "\(section.alert)")
        }
    }

    @Test func `the page's links lead somewhere`() throws {
        let page = try MonitoringFiles.text(MonitoringFiles.runbooks)
        let anchors = Set(try sections().map { $0.alert.lowercased() })
        for link in page.matches(of: /\]\(#([a-z]+)\)/) { #expect(anchors.contains(String(link.1)), "\(link.0)") }
        for link in page.matches(of: /\]\(([a-z.\/][a-zA-Z.\/_-]+)\)/) {
            let file = MonitoringFiles.runbooks.deletingLastPathComponent().appending(path: String(link.1)).standardized
            #expect(FileManager.default.fileExists(atPath: file.path()), "\(link.1)")
        }
    }

    @Test func `every command in it is one, with the options it is given`() async throws {
        let page = try MonitoringFiles.text(MonitoringFiles.runbooks)
        let program = try BuiltProgram.path("trunkline")
        for command in Set(page.matches(of: /`trunkline ([a-z][^`]*)`/).map { String($0.1) }) {
            let words = command.split(separator: " ").map(String.init)
            let subcommands = words.prefix { $0.wholeMatch(of: /[a-z]+/) != nil }
            let help = try await Tool.run(program, ["help"] + subcommands).output
            #expect(help.contains("USAGE: trunkline \(subcommands.joined(separator: " "))"), "\(command)")
            for option in words where option.hasPrefix("--") { #expect(help.contains(option), "\(command) has no \(option)") }
        }
    }
}
