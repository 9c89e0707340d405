import Glibc
import Testing

@testable import Runtime

struct StartCodeTests {
    @Test func `pages of code go, and come back as they were`() {
        let sorted = { (1...1000).map { ($0 * 7919) % 1009 }.sorted() }
        let before = sorted()
        #expect(StartCode.release() > 100)
        #expect(sorted() == before)
    }
}
