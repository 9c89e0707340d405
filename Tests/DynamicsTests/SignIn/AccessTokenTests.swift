import Testing

@testable import Dynamics

@Suite struct AccessTokenTests {
    @Test(arguments: [
        ("3599", 3599), ("\"1200\"", 1200), ("0", 1), ("-5", 1), ("0.25", 1), ("90000", 86_400), ("1e300", 86_400),
        ("1e999", 3599), ("\"nan\"", 3599), ("\"inf\"", 3599), ("\"soon\"", 3599), ("null", 3599), ("[]", 3599), ("true", 3599),
    ]) func `a life time is bounded whatever the answer says`(text: String, seconds: Int) throws {
        let document = ODataValue(json: Array("{\"expires_in\":\(text)}".utf8))?.row
        #expect(AccessToken.lifetime(document?["expires_in"]) == .seconds(seconds))
    }

    @Test func `without a life time it is the usual one`() {
        #expect(AccessToken.lifetime(nil) == .seconds(3599))
    }

    @Test(arguments: [(3600, 300, 3300), (300, 300, 150), (1, 300, 0.5)] as [(Int, Int, Double)])
    func `it is renewed ahead of its end, and not before half its life`(lifetime: Int, margin: Int, renewed: Double) {
        let now = ContinuousClock.now
        let token = AccessToken(value: "t", lifetime: .seconds(lifetime), margin: .seconds(margin), at: now)
        #expect(token.renewAt == now + .seconds(renewed))
        #expect(token.endsAt == now + .seconds(lifetime))
    }
}
