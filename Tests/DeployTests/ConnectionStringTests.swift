import CLibpq
import Foundation
import Testing

@Suite("Connection strings in samples and pages")
struct ConnectionStringTests {
    /// Every `postgresql://…` in what operators copy from.
    private static func strings() throws -> [(place: String, text: String)] {
        let pages = ["README.md", "docker-compose.yml", "docs/operations.md", "docs/database.md", "docs/configuration.md"]
        return try (pages + Source.files(below: "deploy")).flatMap { place in
            guard let text = try? Source.text(place) else { return [(place: String, text: String)]() }
            return text.matches(of: /postgresql:\/\/[^\s"'`,)]+(,[a-z0-9.:-]+[^\s"'`)]*)?/).map { (place, String($0.0)) }
        }
    }

    @Test("libpq can read each of them")
    func readable() throws {
        let strings = try Self.strings()
        #expect(strings.count > 10)
        for (place, text) in strings {
            var message: UnsafeMutablePointer<CChar>?
            let options = PQconninfoParse(text, &message)
            #expect(options != nil, "\(place): \(text): \(message.map { String(cString: $0) } ?? "")")
            PQconninfoFree(options)
            PQfreemem(message)
        }
    }

    @Test("Where several hosts are named, it is said which of them is wanted")
    func severalHosts() throws {
        let several = try Self.strings().filter { $0.text.contains(/@[a-z0-9.]+,/) }
        #expect(several.count >= 3)
        for (place, text) in several { #expect(text.contains("target_session_attrs="), "\(place): \(text)") }
    }
}
