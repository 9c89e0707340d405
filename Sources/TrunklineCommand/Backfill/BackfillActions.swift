import ArgumentParser
import Foundation
import Operations

struct BackfillStart: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Ask for the calls of a stretch of time.")

    @Option(name: .long, help: ArgumentHelp("Calls that started at this day (00:00 UTC) or moment, or later.", valueName: "time"))
    var from: PointInTime

    @Option(name: .long, help: ArgumentHelp("Calls that started before this day (00:00 UTC) or moment.", valueName: "time"))
    var to: PointInTime

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard from.date < to.date else { throw ValidationError("--from has to be before --to") }
        guard from.date < Date() else { throw ValidationError("--from lies in the future") }
    }

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let id = try await BackfillStore(database: session.database).start(
            tenant: tenant, from: from.date, to: to.date, who: session.who)
        Terminal.print("backfill \(id) of \(tenant.name) is under way: `trunkline backfill status` shows how far it is")
    }
}

struct BackfillStatus: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How far the backfills are, how fast, and when they will be done.")

    @Argument(help: "Only this backfill.") var id: Int64?
    @Option(name: .long, help: ArgumentHelp("Only this tenant's.", valueName: "name")) var tenant: String?
    @Option(name: .long, help: "At most so many, newest first.") var limit = 20
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = if let tenant { try await TenantStore(database: session.database).named(tenant).id } else { Int32?.none }
        let backfills = try await BackfillStore(database: session.database).list(tenant: tenant, id: id, limit: limit)
        let now = Date()
        var table = Table(
            "backfill", "tenant", "state", "from", "to", "percent", "seen", "new", "waiting", "calls_per_second", "ends_at",
            "requested_by", "error")
        for backfill in backfills {
            table.append(
                .integer(backfill.id), .text(backfill.tenant), .text(backfill.stateInWords), .time(backfill.from),
                .time(backfill.to), .number(backfill.progress * 100), .integer(backfill.seen), .integer(backfill.fresh),
                .integer(backfill.pending), backfill.rate.map { .number($0) } ?? .none,
                .time(backfill.secondsLeft.map(now.addingTimeInterval)), .text(backfill.requestedBy),
                .text(backfill.errorText))
        }
        output.print(table, none: "no backfill")
    }
}

struct BackfillPause: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a backfill rest; what it brought is written.")

    @Argument(help: "The backfill's number.") var id: Int64
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await BackfillStore(database: session.database).set(.pause, id: id, who: session.who)
        Terminal.print("backfill \(id) is paused")
    }
}

struct BackfillResume: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused backfill go on.")

    @Argument(help: "The backfill's number.") var id: Int64
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await BackfillStore(database: session.database).set(.resume, id: id, who: session.who)
        Terminal.print("backfill \(id) goes on")
    }
}

struct BackfillCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a backfill for good; what it brought is written.")

    @Argument(help: "The backfill's number.") var id: Int64
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await BackfillStore(database: session.database).set(.cancel, id: id, who: session.who)
        Terminal.print("backfill \(id) is cancelled")
    }
}
