import Testing

@testable import Operations

@Suite struct PasswordHashTests {
    @Test func `a hash fits its password and no other`() throws {
        let hash = try PasswordHash(of: "correct horse battery", cost: .least)
        #expect(try hash.fits("correct horse battery"))
        for other in ["correct horse batterz", "Correct horse battery", "correct horse battery ", ""] {
            #expect(try !hash.fits(other))
        }
        // The same letters, typed as one and as two.
        let accent = try PasswordHash(of: "caf\u{e9} au lait et", cost: .least)
        #expect(try accent.fits("cafe\u{301} au lait et"))
    }

    @Test func `it is kept as text with its parameters, and read again`() throws {
        let hash = try PasswordHash(of: "correct horse battery", cost: .least)
        #expect(hash.text.wholeMatch(of: /\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+\/]+\$[A-Za-z0-9+\/]+/) != nil)
        let read = try #require(PasswordHash(hash.text))
        #expect(read == hash)
        #expect(try read.fits("correct horse battery"))
        // The same password has another hash each time.
        #expect(try PasswordHash(of: "correct horse battery", cost: .least).text != hash.text)
    }

    @Test func `what is known of scrypt holds`() throws {
        // RFC 7914, section 12: scrypt("password", "NaCl", N = 1024, r = 8, p = 16), the first 32 of its 64 bytes.
        let text = "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI"
        #expect(try #require(PasswordHash(text)).fits("password"))
        #expect(try !#require(PasswordHash(text)).fits("passwort"))
    }

    @Test(arguments: [
        "", "secret", "$scrypt$ln=4,r=8$c2FsdA$aGFzaA", "$scrypt$ln=4,r=8,p=1$c2FsdA$aGFzaA",
        "$argon2$ln=4,r=8,p=1$c2FsdA$aGFzaA",
        // What would take all memory.
        "$scrypt$ln=30,r=8,p=1$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI",
        "$scrypt$ln=4,r=8,p=999$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI",
    ])
    func `what is none, or too dear, is not looked at`(text: String) { #expect(PasswordHash(text) == nil) }

    @Test(arguments: [
        ("short", "name", false), ("long enough and fine", "name", true), ("aaaaaaaaaaaaaaaa", "name", false),
        ("ababababababab", "x", false),
        ("my NAME is in here", "name", false), (String(repeating: "abcdefg", count: 200), "x", false),
    ])
    func `a new password is long, and neither monotonous nor the name`(password: String, name: String, isFine: Bool) {
        #expect((PasswordRule.objection(to: password, name: name) == nil) == isFine)
    }
}
