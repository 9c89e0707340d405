import Enreach
import FoundationEssentials
import Logging
import Model
import Postgres
import Runtime
import Tenants

/// Reads one callback list after the other, so that one that can't be read keeps no other from being read: its trouble is noted beside its
/// profile and stands on `/health/ready`.
struct ListReading {
    /// What is read of the lists.
    enum Way: String {
        /// The requests that wait.
        case poll
        /// The changes of requests.
        case follow
    }

    private let tenant: TenantSituation
    private let database: Database
    private let health: TenantHealth
    private let way: Way
    private var doubted: EnreachError?
    private var hasRead = false

    /// Those that work, in the order in which their lists are to be read: first what could be read the last time. Among equals by lot, so that
    /// two lists that fail keep no third from its turn for good.
    let profiles: [CallbackProfile]

    /// Lists that could not be read, this time.
    private(set) var failures = 0

    init(_ situation: ProfileSituation, _ tenant: TenantSituation, way: Way, database: Database, health: TenantHealth) {
        self.tenant = tenant
        self.way = way
        self.database = database
        self.health = health
        let working = situation.profiles.byList.values.filter(situation.works).shuffled()
        profiles =
            working.filter { situation.unread[$0.id] == nil } + working.filter { situation.unread[$0.id] != nil }
    }

    /// Runs the body, which reads the list of a profile and notes how far.
    ///
    /// - Parameter mark: up to when its changes had been read, kept for the next time where nothing else is known.
    /// - Throws: what has nothing to do with the list; the second of two failures in a row that may concern Enreach as a whole.
    mutating func read(
        _ profile: CallbackProfile, of list: UUID, mark: Date? = nil, _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
            hasRead = true
            doubted = nil
        } catch let error as EnreachError {
            let (code, sentence): (String, String)
            switch ListFailure(error) {
            case .all: throw error
            case .list(let found, let text): (code, sentence) = (found, text)
            case .perhaps(let found, let text):
                if doubted != nil { throw error }
                doubted = error
                (code, sentence) = (found, text)
            }
            failures += 1
            health.logger.warning(
                "A callback list could not be read",
                metadata: [
                    "tenant": "\(tenant.name)", "list": "\(list.lowercase)", "reason": "\(error)",
                ])
            try await database.execute(ProfileStore.unread, [tenant.id, profile.id, list, code, sentence, mark, way.rawValue])
        }
    }

    /// Tells which lists can't be read, by either way.
    ///
    /// - Throws: a failure that may concern Enreach as a whole, when no list was read that would speak against it.
    func end() async throws {
        let troubles = try await ProfileStore.read(tenant.id, from: database).unread
        let texts = profiles.compactMap { profile in troubles[profile.id].map { "\(profile.name): \($0)" } }.sorted()
        health.readiness.set(
            "tenant \(tenant.name): callback lists", texts.isEmpty ? .ready : .degraded, texts.joined(separator: " "))
        if let doubted, !hasRead { throw doubted }
    }
}
