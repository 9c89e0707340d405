import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct UUIDTextTests {
    @Test func ofAnyIdTheTextGivesTheId() {
        for _ in 0..<1_000 {
            let id = UUID()
            #expect(UUID(hyphenated: id.uuidString) == id)
            #expect(UUID(hyphenated: id.uuidString.lowercased()) == id)
        }
    }

    @Test(arguments: [
        "", "b0caa00a-b0b3-5334-bb47-31ee6d75bb3", "b0caa00a-b0b3-5334-bb47-31ee6d75bb3d0", "b0caa00ab0b35334bb4731ee6d75bb3d",
        "{b0caa00a-b0b3-5334-bb47-31ee6d75bb3}", "b0caa00a-b0b3-5334-bb47-31ee6d75bb3g", "b0caa00a+b0b3-5334-bb47-31ee6d75bb3d",
        "b0caa00ab-0b3-5334-bb47-31ee6d75bb3d", "b0caa00a-b0b3-5334-bb47-31ee6d75bbé",
    ])
    func whatIsNoIdIsNil(text: String) {
        #expect(UUID(hyphenated: text) == nil)
    }
}
