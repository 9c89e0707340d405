import ArgumentParser
import Foundation
import Operations
import Postgres
import Privacy
import Routing
import Tenants

/// `trunkline route numbers`: what routing knows of numbers besides the directory.
struct RouteNumbersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "numbers", abstract: "Load what routing knows of numbers besides the directory.",
        subcommands: [RouteNumbersLoad.self])
}

struct RouteNumbersLoad: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load numbers from a CSV file; known numbers are overwritten, others stay.",
        discussion: """
            The first line names the columns: number, and any of kind (contact, account, lead), owner_number, queue_number, segment, language, \
            blocked, open_case, open_callback. Numbers are E.164; empty means none.
            """)

    @Argument(help: "The file, in UTF-8.") var file: String
    @Flag(name: .long, help: "Forget the tenant's other numbers.") var replace = false
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        guard let handle = FileManager.default.contents(atPath: file), let text = String(data: handle, encoding: .utf8) else {
            throw OperatorError.failed("the file \(file) can't be read as UTF-8")
        }
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let all = try NumberFile(text, file: file).rows
        let erasures = try await session.erasures(tenant)
        let rows = all.filter { !erasures.numbers.contains($0.number) }
        let (replace, who) = (replace, session.who)
        try await session.database.withTransaction { connection in
            try await NumberFileStore.load(rows, replacing: replace, tenant: tenant.id, on: connection)
            try await OperatorActionStore.record(
                .init(
                    tenant: tenant.id, who: who, action: "route_numbers.load",
                    detail: .object(["numbers": .integer(rows.count), "replaced": .flag(replace)])), on: connection)
            // Last: an erasure that began meanwhile has the whole load done again.
            let fence = ErasureFence.request(tenant.id)
            try ErasureFence.check(try await connection.query(fence.statement, fence.parameters), erasures)
        }
        Terminal.print("\(rows.count) numbers of \(tenant.name) were loaded")
        if rows.count < all.count { Terminal.note("\(all.count - rows.count) were left out: they were erased") }
    }
}

enum NumberFileStore {
    static let statements = [changed]

    static func load(_ rows: [NumberFile.Row], replacing: Bool, tenant: Int32, on connection: Connection) async throws {
        try await connection.run(
            script: "CREATE TEMPORARY TABLE loading (LIKE hub.route_number INCLUDING DEFAULTS) ON COMMIT DROP")
        try await connection.copyIn(into: "loading", columns: NumberFile.columns) { writer in
            for row in rows {
                try await writer.row(
                    tenant, row.number, row.kind, row.owner, row.queue, row.segment, row.language, row.blocked, row.openCase,
                    row.openCallback)
            }
        }
        // What was gathered from calls and callbacks is not the file's to forget.
        if replacing {
            try await connection.run(
                script: """
                    DELETE FROM hub.route_number WHERE tenant_id = \(tenant) AND agent_number IS NULL AND NOT waits;
                    UPDATE hub.route_number
                    SET kind = NULL, owner_number = NULL, queue_number = NULL, segment = NULL, language = NULL, blocked = false, open_case = false,
                        open_callback = false
                    WHERE tenant_id = \(tenant)
                    """)
        }
        try await connection.run(
            script: """
                INSERT INTO hub.route_number AS n SELECT * FROM loading
                ON CONFLICT (tenant_id, number) DO UPDATE SET
                    kind = excluded.kind, owner_number = excluded.owner_number, queue_number = excluded.queue_number, segment = excluded.segment,
                    language = excluded.language, blocked = excluded.blocked, open_case = excluded.open_case, open_callback = excluded.open_callback
                """)
        let numbers = replacing || rows.count > 10_000 ? ["*"] : rows.map(\.number)
        _ = try await connection.query(changed, [tenant, numbers])
    }

    static let changed = Statement("command.route.numbers_changed", "SELECT hub.route_changed($1, $2)")
}
