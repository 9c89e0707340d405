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
}
