import Foundation
import TestSupport
import Testing

@testable import Dynamics

@Suite struct ClientAssertionTests {
    private func part(_ text: Substring) throws -> [String: Any] {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while base64.count % 4 != 0 { base64 += "=" }
        let data = try #require(Data(base64Encoded: String(base64)))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `it has the form the vendor's page asks for`() async throws {
        let files = try ApplicationCertificate.files()
        let assertion = try ClientAssertion(certificateFile: files.certificate, keyFile: files.key)
        let now = Date(timeIntervalSince1970: 1_772_446_272)
        let token = try await assertion.token(clientID: "app", endpoint: "https://login/t/oauth2/v2.0/token", now: now)
        let parts = token.split(separator: ".")
        try #require(parts.count == 3)
        let header = try part(parts[0])
        #expect(header["alg"] as? String == "PS256")
        #expect(header["typ"] as? String == "JWT")
        // openssl x509 -outform der | sha256sum, in base64url without padding.
        #expect(header["x5t#S256"] as? String == "w6D2Z_UescSwwZm-0oEzkHMzSWcqpNKLUhJxI-xeHgQ")
        let claims = try part(parts[1])
        #expect(claims["aud"] as? String == "https://login/t/oauth2/v2.0/token")
        #expect(claims["iss"] as? String == "app")
        #expect(claims["sub"] as? String == "app")
        #expect((claims["jti"] as? String).flatMap(UUID.init(uuidString:)) != nil)
        #expect(claims["nbf"] as? Int == 1_772_446_272)
        #expect(claims["exp"] as? Int == 1_772_446_872)
        #expect(parts[2].count == 342)
    }
}
