import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct PeoplePageTests {
    @Test func `people are listed with the reason of their match`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name, email)
                SELECT tenant_id, gen_random_uuid(), n, e FROM hub.tenant,
                    (VALUES ('First Person', 'first@example.com'), ('Second Person', 'second@example.com')) AS v (n, e)
                WHERE name = 'acme'
                """)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/people?tenant=acme")
            #expect(page.status == 200 && page.contains("First Person") && page.contains("Second Person"))
            #expect(page.contains("not looked at"))
            let second = try await browser.get("/people?q=SECOND@")
            #expect(second.contains("Second Person") && !second.contains("First Person"))
            #expect(try await !browser.get("/people?state=matched").contains("Second Person"))
        }
    }

    @Test(arguments: ["åsa", "ÅSA", "Åsa", "ÉLODIE", "äkäs", "ÄKÄS"])
    func `a part of a name is found however its letters are written`(text: String) async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name)
                VALUES (1, gen_random_uuid(), 'Åsa Élodie Äkäslompolo'), (1, gen_random_uuid(), 'Asa Elodie Akaslompolo');
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, match_state, match_reason)
                VALUES (1, gen_random_uuid(), 'ÅSA ÉLODIE ÄKÄSLOMPOLO', 'unmatched', 'none'),
                       (1, gen_random_uuid(), 'ASA ELODIE AKASLOMPOLO', 'unmatched', 'none')
                """)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get(Query().setting("q", text).link("/people"))
            #expect(page.contains("Åsa Élodie Äkäslompolo") && page.contains("ÅSA ÉLODIE ÄKÄSLOMPOLO"))
            #expect(!page.contains("Asa Elodie Akaslompolo") && !page.contains("ASA ELODIE AKASLOMPOLO"))
        }
    }

    @Test func `both lists go on by key until everybody was shown once`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name, match_state, match_reason)
                SELECT 1, gen_random_uuid(), 'same ~ name ' || n / 2, CASE WHEN n % 3 = 0 THEN 'matched' WHEN n % 3 = 1 THEN 'unmatched' END, 'none'
                FROM generate_series(1, 250) AS n;
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, match_state, match_reason)
                SELECT 1, gen_random_uuid(), 'stranger ' || n, 'unmatched', 'none' FROM generate_series(1, 130) AS n;
                """)
            let browser = try await console.signIn(.viewer)
            for (label, words, count) in [("Users of Dynamics", "same ~ name", 250), ("Only in Enreach", "stranger", 130)] {
                var (seen, path, pages) = ([String](), "/people?tenant=acme", 0)
                while pages < 9 {
                    let page = try await browser.get(path)
                    #expect(page.status == 200)
                    pages += 1
                    seen += page.text.matches(of: /<th scope="row">([^<]*)</).map { String($0.1) }.filter { $0.hasPrefix(words) }
                    let pager = try #require(page.text.split(separator: "aria-label=\"\(label)\"").last).prefix { $0 != "\n" }
                    guard let next = pager.firstMatch(of: /<a href="([^"]+)" rel="next">/)?.1 else { break }
                    path = String(next).replacing("&amp;", with: "&")
                }
                #expect(seen.count == count && pages == (count + 99) / 100, "\(label)")
                if label == "Only in Enreach" { #expect(Set(seen).count == count) }
            }
            #expect(try await browser.get("/people?state=matched").text.matches(of: /<th scope="row">same/).count == 83)
            #expect(try await browser.get("/people").contains("<dd>83</dd>"))
        }
    }
}
