import Testing

@testable import Model

@Suite struct TextTemplateTests {
    private func render(_ source: String, _ values: [TextTemplate.Placeholder: String]) throws -> String {
        try TextTemplate(source).text { values[$0] }
    }

    @Test func placeholdersAreFilledIn() throws {
        #expect(
            try render("{Kind} {preposition} {party}", [.kind: "Inbound call", .preposition: "from", .party: "Ann"])
                == "Inbound call from Ann")
    }

    @Test func anOptionalPartGoesWithItsPlaceholder() throws {
        #expect(try render("a[ {queue}]", [.queue: "Support"]) == "a Support")
        #expect(try render("a[ {queue}]", [:]) == "a")
        #expect(try render("a[ {queue} by {user}]", [.queue: "Support"]) == "a")
    }

    @Test func doubledSignsStandForThemselves() throws {
        #expect(try render("{{x} [[y]", [:]) == "{x} [y]")
    }

    @Test(
        "A wrong template is refused with what is wrong",
        arguments: [
            ("{nobody}", "there is no placeholder {nobody}"), ("{kind", "a brace is not closed"),
            ("[a", "a bracket is not closed"),
            ("[a [b]]", "brackets can't stand inside brackets"),
        ])
    func refused(source: String, reason: String) {
        #expect {
            try TextTemplate(source)
        } throws: { error in
            "\(error)".hasPrefix(reason)
        }
    }
}
