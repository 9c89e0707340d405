import Foundation
import Postgres
import TestSupport
import Testing

@testable import Privacy
@testable import TrunklineCommand

/// How people write one number, and what is another: the programs and the database must agree.
enum Writings {
    static let same = [
        "+358501234567", "358501234567", "00358501234567", "0501234567", "050 123 4567", "050-1234567", "(050) 123 4567",
        "+358 50 123 4567", "+358 (0)50 123 45 67", "+3580501234567", "003580501234567", "+358.50.123.4567", "tel:+358501234567",
        "sip:+358501234567@host.example",
        "call +358 50 1234567 back", "050 123 4567, Chloé", "2026-01-02 0501234567", "+358\u{A0}50\u{A0}1234567",
    ]
    static let others = [
        "+358501234568", "+46501234567", "+46 50 123 4567", "0046 50 123 4567", "+501234567", "05012345678", "1050123456",
        "anonymous", "",
        "12345", "no number at all",
    ]
}

@Suite struct ErasedNumbersTests {
    private static func erased(region: String? = "FI") throws -> (ErasableNumber, ErasedNumbers) {
        let key = try #require(PrivacyKey(Data(repeating: 9, count: 32)))
        let number = try ErasableNumber(reading: "050 123 4567", region: "FI")
        let read = region == "FI" ? number : try ErasableNumber(reading: number.e164, region: region)
        return (read, ErasedNumbers(tenant: "demo", digests: [(key: key, digests: Set(read.digests(key, tenant: "demo")))]))
    }

    @Test func `a number is read as the tenant's region has it`() throws {
        let (number, _) = try Self.erased()
        #expect(number.e164 == "+358501234567" && number.significant == "501234567")
        #expect(Set(number.domestic) == ["501234567", "0501234567"])
        let foreign = try ErasableNumber(reading: "+358501234567", region: "SE")
        #expect(foreign.domestic.isEmpty)
        let anywhere = try ErasableNumber(reading: "+358501234567", region: nil)
        #expect(Set(anywhere.domestic) == ["501234567", "0501234567"])
        #expect(throws: (any Error).self) { try ErasableNumber(reading: "hello", region: "FI") }
    }

    @Test(arguments: Writings.same) func `an erased number is told again however it is written`(text: String) throws {
        let (number, erased) = try Self.erased()
        #expect(erased.contains(text))
        #expect(number.stands(in: text))
        let masked = try #require(erased.masked(text))
        #expect(masked.contains("…") && !masked.filter(\.isNumber).contains("1234567"))
    }

    @Test(arguments: Writings.others) func `another's number is not`(text: String) throws {
        let (number, erased) = try Self.erased()
        #expect(!erased.contains(text))
        #expect(!number.stands(in: text))
        #expect(erased.masked(text) == nil)
    }

    @Test func `a number of another country is not taken for what is dialled at home`() throws {
        let (_, erased) = try Self.erased(region: "SE")
        #expect(erased.contains("+358501234567"))
        #expect(!erased.contains("0501234567"))
    }

    @Test(arguments: ["13812345678", "138 1234 5678", "+86 138 1234 5678", "8613812345678"])
    func `eleven digits and more dialled at home are told again`(text: String) throws {
        let key = try #require(PrivacyKey(Data(repeating: 9, count: 32)))
        let number = try ErasableNumber(reading: "13812345678", region: "CN")
        let erased = ErasedNumbers(tenant: "demo", digests: [(key: key, digests: Set(number.digests(key, tenant: "demo")))])
        #expect(erased.contains(text))
        #expect(number.stands(in: text))
        #expect(!erased.contains("+1 381 234 5678"), "which is another country's")
    }

    @Test func `only the number goes out of a text`() throws {
        let (_, erased) = try Self.erased()
        #expect(
            erased.masked("Call from 050 123 4567 at 12:30, or +358 40 765 4321 (0501234567)")
                == "Call from … at 12:30, or +358 40 765 4321 (…)")
    }

    @Test func `another tenant's and another key's digests are others`() throws {
        let key = try #require(PrivacyKey(Data(repeating: 9, count: 32)))
        let other = try #require(PrivacyKey(Data(repeating: 8, count: 32)))
        let (number, _) = try Self.erased()
        let digests = Set(number.digests(key, tenant: "demo"))
        #expect(digests.isDisjoint(with: number.digests(key, tenant: "acme")))
        #expect(digests.isDisjoint(with: number.digests(other, tenant: "demo")))
    }
}

@Suite(.database) struct NumberPatternTests {
    private func fits(_ texts: [String]) async throws -> [String: String] {
        let number = try ErasableNumber(reading: "+358501234567", region: "FI")
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        defer { Task { await database.close() } }
        var masked: [String: String] = [:]
        for row in try await database.query(
            Statement(
                "",
                """
                SELECT t, regexp_replace(t, hub.number_pattern($1, $2, $3::text[]), '…', 'g'),
                    hub.mask_json(jsonb_build_object('a', ARRAY[t], t, 1), hub.number_pattern($1, $2, $3::text[]), '…')::text
                FROM unnest($4::text[]) t
                """), [number.international, number.significant, number.domestic, texts])
        {
            let (text, plain, json) = try row.decode(String.self, String.self, String.self)
            #expect((plain != text) == (json.contains("…")))
            masked[text] = plain
        }
        return masked
    }

    @Test func `the database tells the same writings as the programs`() async throws {
        for (text, masked) in try await fits(Writings.same) {
            #expect(masked.contains("…") && !masked.filter(\.isNumber).contains("1234567"), "\(text)")
        }
        for (text, masked) in try await fits(Writings.others) { #expect(masked == text) }
    }

    @Test(arguments: [("x' OR true --", "1", "{}"), ("358501234567", "999", "{}"), ("358501234567", "501234567", "{.*}")])
    func `what is no number is refused`(international: String, significant: String, domestic: String) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        await #expect(throws: PostgresError.self) {
            try await database.query(
                Statement("", "SELECT hub.number_pattern($1, $2, $3::text::text[])"), [international, significant, domestic])
        }
        await database.close()
    }
}
