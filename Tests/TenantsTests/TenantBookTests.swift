import Jobs
import Logging
import Model
import Postgres
import Runtime
import TestSupport
import Testing

@testable import Tenants

@Suite(.database) struct TenantBookTests {
    @Test func aChangedSettingIsSeenAtTheNextLook() async throws {
        let database = try TestDatabase.current.connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('north') RETURNING tenant_id"))[0][0].decode(Int32.self)
        let book = TenantBook(database: database, logger: Logger(label: "test"))
        let before = try #require(try await book.situation(tenant))
        try await database.execute(
            Statement("", "SELECT hub.change_setting($1, 'CallDurationLimit', '7', 'a test')"), [tenant])
        let after = try #require(try await book.situation(tenant))
        #expect(after.settings.version > before.settings.version)
        #expect(after.settings.callDurationLimit == 7)
        #expect(after.connection == nil)
        await database.close()
    }

    @Test func `numbers of people and settings are read as the tenant's region has them`() async throws {
        let database = try TestDatabase.current.connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('south') RETURNING tenant_id"))[0][0].decode(Int32.self)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name, mobile_raw)
                VALUES ($1, gen_random_uuid(), 'Ann', '040 700 0001')
                """), [tenant])
        try await database.execute(
            Statement("", "SELECT hub.change_setting($1, 'BlockedNumbers', '050 123 4567', 'a test')"), [tenant])
        let book = TenantBook(database: database, logger: Logger(label: "test"))
        let before = try #require(try await book.situation(tenant))
        #expect(before.people.person(mobile: PhoneNumber("+358407000001")) == nil)
        try await database.execute(Statement("", "UPDATE hub.tenant SET region = 'FI' WHERE tenant_id = $1"), [tenant])
        let after = try #require(try await book.situation(tenant))
        #expect(after.people.person(mobile: PhoneNumber("+358407000001"))?.name == "Ann")
        #expect(after.settings.blockedNumbers == ["+358501234567"])
        await database.close()
    }
}
