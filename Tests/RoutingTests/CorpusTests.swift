import Foundation
import Testing

@testable import Routing

/// The documents that fuzzing begins with reach what they are there to reach.
@Suite struct CorpusTests {
    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzzing/Corpus/rules").standardized
    }

    @Test func `documents named loop get as far as the proof and are refused by it, the others are accepted`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path()).sorted()
        #expect(names.count { $0.hasPrefix("loop") } >= 3 && names.count > 5)
        for name in names {
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            do {
                _ = try RuleProgram.compile(text, file: name)
                #expect(!name.hasPrefix("loop"), "\(name)")
            } catch {
                #expect(name.hasPrefix("loop") && "\(error)".contains("loops"), "\(error)")
            }
        }
    }
}
