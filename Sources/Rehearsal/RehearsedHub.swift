import AsyncHTTPClient
import EmbeddedPostgres
public import Foundation
import Logging
import Postgres
import Schema
import Synchronization

/// A whole hub on this machine: a private PostgreSQL, the sandbox in place of both vendors, and as many instances of `call-sync` as one likes.
///
/// Everything it makes lies in one folder; everything it starts ends with the process, a kill included.
public final class RehearsedHub: Sendable {
    /// What a hub is raised with.
    public struct Options: Sendable {
        /// Where its files go; nil takes a temporary folder that is removed at the end.
        public var folder: URL?
        /// Where the programs are.
        public var programs = ProgramFolder.ofThisProgram()
        /// Where the programs of an earlier release are, whose schema the hub begins with; nil: it begins with this one's.
        var earlierPrograms: URL?
        /// Further arguments of `sandbox serve`.
        public var sandboxArguments: [String] = []
        /// Whether the sandbox serves TLS, with a certificate of a throw-away authority that the instances trust by `ca_file`.
        public var servesTLS = false
        /// Lines for `postgresql.conf`.
        public var postgresSettings: [String: String] = [:]
        /// Further lines of the instances' configuration, at its top level.
        public var configuration: String = ""
        /// Further lines of the tenant's `dynamics` part.
        public var dynamicsConfiguration: String = ""
        /// Where the database is; nil starts a private server. A given one is left running at the end.
        var server: (any HubServer)?

        public init() {}
    }

    public static let tenant = "demo"

    public let folder: URL
    let server: any HubServer
    /// The private server; nil when another was given.
    let postgres: EmbeddedPostgres?
    let database: Database
    let door: SandboxDoor
    let addresses: SandboxAddresses
    private let sandbox: ChildProgram
    private let leash: Leash
    private let options: Options
    private let instances = Mutex<[Instance]>([])
    private let others = Mutex<[Instance]>([])
    private let routers = Mutex<[Int: ChildProgram]>([:])

    private init(
        folder: URL, server: any HubServer, postgres: EmbeddedPostgres?, database: Database, sandbox: ChildProgram,
        addresses: SandboxAddresses,
        leash: Leash, options: Options
    ) {
        self.folder = folder
        self.server = server
        self.postgres = postgres
        self.database = database
        self.sandbox = sandbox
        self.addresses = addresses
        self.door = SandboxDoor(base: addresses.admin)
        self.leash = leash
        self.options = options
    }

    /// Starts the database and the sandbox, makes the schema and the tenant, and writes the instances' configuration.
    ///
    /// - Parameter tell: hears what is being done, a line at a time.
    public static func raise(
        _ options: Options = .init(), tell: @Sendable (String) -> Void = { _ in }
    ) async throws -> RehearsedHub {
        let folder =
            options.folder
            ?? FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let leash = try Leash(removing: options.folder == nil ? folder : nil)

        let postgres: EmbeddedPostgres?
        let server: any HubServer
        if let given = options.server {
            (server, postgres) = (given, nil)
        } else {
            tell("starting a private PostgreSQL")
            let started = try await EmbeddedPostgres.start(settings: options.postgresSettings)
            (server, postgres) = (started, started)
        }
        let database = try await HubDatabase.make(
            on: server, tenant: tenant, by: options.earlierPrograms, in: folder, leash: leash)

        tell("starting the sandbox: Enreach Cloud and Dynamics 365 on loopback")
        let (sandbox, addresses) = try await SandboxProgram.start(
            in: folder, programs: options.programs, arguments: options.allSandboxArguments(in: folder), leash: leash)

        let hub = RehearsedHub(
            folder: folder, server: server, postgres: postgres, database: database, sandbox: sandbox, addresses: addresses,
            leash: leash,
            options: options)
        try HubConfiguration.write(for: hub, in: folder, options: options)
        return hub
    }

    /// A libpq URI of the hub's database, for people and for the `trunkline` command: the login is a member of `trunkline_operator`.
    public var operatorURL: String { HubDatabase.url(of: .operate, on: server) }

    /// Where the admin door of the sandbox is.
    public var sandboxAdmin: String { addresses.admin }

    /// The processes whose processor time counts.
    var sandboxProcess: Int32 { sandbox.identifier }
    var postgresProcess: Int32 { postgres?.process ?? 0 }

    /// The instances that were started, running or not.
    public var allInstances: [Instance] { instances.withLock { $0 } }

    /// The instances of another program that were started, running or not.
    public func instances(of kind: HubProgram) -> [Instance] {
        kind == .callSync ? allInstances : others.withLock { $0.filter { $0.kind == kind } }
    }

    /// Starts one more instance of a program, or a killed one again under its number.
    @discardableResult
    public func start(_ kind: HubProgram, _ number: Int? = nil) throws -> Instance {
        try start(kind, number, at: .here)
    }

    /// The same at another place.
    @discardableResult
    func start(_ kind: HubProgram, _ number: Int? = nil, at site: ProgramSite) throws -> Instance {
        if kind == .callSync { return try startInstance(number, at: site) }
        return try others.withLock { others in
            let number = number ?? others.count { $0.kind == kind } + 1
            let instance = try Instance(
                kind, number: number, folder: folder, programs: site.programs ?? options.programs, leash: leash, site: site)
            others.removeAll { $0.kind == kind && $0.number == number }
            others.append(instance)
            return instance
        }
    }

    /// Starts one more instance of `call-sync`, or a killed one again under its number.
    @discardableResult
    public func startInstance(_ number: Int? = nil) throws -> Instance {
        try startInstance(number, at: .here)
    }

    private func startInstance(_ number: Int?, at site: ProgramSite) throws -> Instance {
        try instances.withLock { instances in
            let number = number ?? instances.count + 1
            let instance = try Instance(
                number: number, folder: folder, programs: site.programs ?? options.programs, leash: leash, site: site)
            instances.removeAll { $0.number == number }
            instances.append(instance)
            return instance
        }
    }

    /// Starts an instance of the program `router`, or says where it stands already; it answers questions on that port.
    func startRouter(_ number: Int = 1, port: Int, healthPort: Int, at site: ProgramSite = .here) throws -> ChildProgram {
        try routers.withLock { routers in
            if let router = routers[number], router.isRunning { return router }
            let started = try ChildProgram(
                "router \(number)", executable: (site.programs ?? options.programs).appending(path: "router"),
                arguments: [
                    "--http-host", site.host, "--http-port", "\(healthPort)", "--route-host", site.host, "--route-port",
                    "\(port)",
                ],
                environment: ["TRUNKLINE_DATABASE_URL": HubDatabase.url(of: .route, on: site.server ?? server)],
                prefix: site.prefix, log: folder.appending(path: "router-\(number).log"), leash: leash)
            routers[number] = started
            return started
        }
    }

    /// False: it had ended.
    func stopRouter(_ number: Int) async -> Bool {
        guard let router = routers.withLock({ $0.removeValue(forKey: number) }), router.isRunning else { return false }
        await router.stop()
        return true
    }

    /// Whose command is meant, where the hub has programs of two.
    enum Release: Sendable { case earliest, thisRelease }

    /// The `trunkline` command as a process, on this hub's database.
    func commandProgram(
        _ arguments: [String], of release: Release = .earliest, input: String? = nil, log: URL
    ) throws -> ChildProgram {
        let programs = release == .earliest ? options.earlierPrograms ?? options.programs : options.programs
        return try ChildProgram(
            "trunkline", executable: programs.appending(path: "trunkline"), arguments: arguments,
            environment: ["TRUNKLINE_DATABASE_URL": operatorURL], input: input, log: log, leash: leash)
    }

    /// Stops everything, gracefully where it can be, and removes a temporary folder.
    public func takeDown() async {
        await withTaskGroup { group in
            for instance in allInstances + others.withLock({ $0 }) { group.addTask { await instance.stop() } }
        }
        for router in routers.withLock({ Array($0.values) }) { await router.stop() }
        await sandbox.stop(within: .seconds(5))
        await database.close()
        await postgres?.stop(.immediate)
        leash.release()
    }
}

extension RehearsedHub.Options {
    fileprivate func allSandboxArguments(in folder: URL) -> [String] {
        let tls = servesTLS ? ["--tls", "self-signed", "--tls-folder", folder.appending(path: "authority").path()] : []
        return sandboxArguments + tls
    }
}
