import ArgumentParser
import Foundation
import Jobs
import Operations

/// Jobs by number, or all dead ones that fit.
struct JobChoice: ParsableArguments {
    @Argument(help: "Numbers of jobs.") var ids: [Int64] = []
    @Flag(name: .long, help: "All dead jobs that fit --kind, --tenant, --key and --code.") var dead = false
    @Option(name: .long, help: "With --dead: only those with this error code.") var code: String?
    @OptionGroup var which: JobFilterOptions
    @Option(name: .long, help: "With --dead: at most so many at once.") var limit = 10_000

    var isEmpty: Bool { ids.isEmpty && !dead }

    func validate() throws {
        guard ids.isEmpty || !dead else { throw ValidationError("give either numbers of jobs or --dead") }
        if !dead, code != nil || which.kind != nil || which.tenant != nil || which.key != nil {
            throw ValidationError("--kind, --tenant, --key and --code go with --dead")
        }
    }

    func chosen(in session: Session) async throws -> [Int64] {
        guard dead else { return ids }
        var filter = try await which.filter(states: [.dead], limit: limit, in: session)
        filter.code = code
        return try await JobAdmin(database: session.database).list(filter).map(\.id)
    }
}

struct JobsRetry: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Let dead jobs begin again, and jobs that wait for a time run now.")

    @OptionGroup var choice: JobChoice
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A dead call by its id in Enreach: its job, or a new one where none is left.", valueName: "call id"))
    var call: String?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard choice.isEmpty == (call != nil) else { throw ValidationError("give either numbers of jobs, --dead or --call") }
        if let call, UUID(uuidString: call) == nil { throw ValidationError("\(call) is no id of a call") }
    }

    func run(in session: Session) async throws {
        if let call = call.flatMap(UUID.init(uuidString:)) {
            return Terminal.print(try await CallRetry(database: session.database, who: session.who).retry(call))
        }
        let ids = try await choice.chosen(in: session)
        let retried = try await JobAdmin(database: session.database).retry(ids) { connection, retried in
            try await JobsAudit.record("jobs.retry", retried, note: nil, who: session.who, on: connection)
        }
        Terminal.print("\(retried.count) jobs run again")
        try JobsAudit.refuseMissing(ids, done: retried, what: "dead or waiting for a time")
    }
}

struct JobsCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End jobs that are not running; they go into the history as cancelled.")

    @OptionGroup var choice: JobChoice
    @Option(name: .long, help: ArgumentHelp("Why, for the history.", valueName: "why")) var note: String?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard !choice.isEmpty else { throw ValidationError("give either numbers of jobs or --dead") }
    }

    func run(in session: Session) async throws {
        let ids = try await choice.chosen(in: session)
        let text = "cancelled by \(session.who)" + (note.map { ": \($0)" } ?? "")
        let cancelled = try await JobAdmin(database: session.database).cancel(ids, reason: text) { connection, cancelled in
            try await JobsAudit.record("jobs.cancel", cancelled, note: note, who: session.who, on: connection)
        }
        Terminal.print("\(cancelled.count) jobs cancelled")
        try JobsAudit.refuseMissing(ids, done: cancelled, what: "waiting or dead (a running job can't be cancelled)")
    }
}

struct JobsPause: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let jobs of a kind, of a tenant, or all, wait; what runs now runs on.")

    @Option(name: .long, help: "The kind, for example call.write. Without it: every kind.") var kind: String?
    @Option(name: .long, help: ArgumentHelp("The tenant. Without it: every tenant.", valueName: "name")) var tenant: String?
    @Option(name: .long, help: ArgumentHelp("Why; everybody who looks sees it.", valueName: "why")) var reason: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await KnownKinds.check(kind, on: session.database)
        let scope = try await JobScope(kind: kind, tenant: tenant, on: session.database)
        try await JobAdmin(database: session.database).pause(
            kind: kind, tenant: scope.tenantID, reason: reason, by: session.who
        ) { connection in
            try await JobsAudit.record("jobs.pause", scope, note: reason, who: session.who, on: connection)
        }
        Terminal.print("\(scope.words) is paused until `trunkline jobs resume\(scope.flags)`")
    }
}

struct JobsResume: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End a pause; give the same --kind and --tenant as it was made with.")

    @Option(name: .long, help: "The kind. Without it: the pause of every kind.") var kind: String?
    @Option(name: .long, help: ArgumentHelp("The tenant. Without it: the pause of every tenant.", valueName: "name"))
    var tenant: String?
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await KnownKinds.check(kind, on: session.database)
        let scope = try await JobScope(kind: kind, tenant: tenant, on: session.database)
        let freed = try await JobAdmin(database: session.database).resume(kind: kind, tenant: scope.tenantID) { connection in
            try await JobsAudit.record("jobs.resume", scope, note: nil, who: session.who, on: connection)
        }
        guard let freed else {
            throw OperatorError.failed("\(scope.words) is not paused: `trunkline jobs counts` lists what is")
        }
        Terminal.print("\(scope.words) goes on" + (freed > 0 ? "; \(freed) held jobs are due" : ""))
    }
}
