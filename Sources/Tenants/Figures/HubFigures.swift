import Jobs
import Postgres
package import Runtime
import Synchronization

/// Figures of the whole hub that the sync programs show, each as far as its role may read them.
package struct HubFigures: Sendable {
    private let figures: ScrapedFigures

    package init(_ figures: ScrapedFigures) { self.figures = figures }

    /// How many jobs stand where and how old the oldest is, as the workers count them; pauses; how far partitions reach.
    package func addJobs() {
        let shown = Mutex<Set<HubMetrics.QueuePlace>>([])
        figures.add("queue", every: .seconds(10)) { database in
            var places: Set<HubMetrics.QueuePlace> = []
            var counted = 0.0
            for row in try await database.query(HubFigureStore.depth) {
                let (queue, kind, lane, state, jobs, oldest, age) = try row.decode(
                    String.self, String.self, Int16.self, String.self, Int64.self, Double.self, Double.self)
                let place = HubMetrics.QueuePlace(
                    queue: queue, kind: kind, lane: Lane(rawValue: lane).map { "\($0)" } ?? "\(lane)", state: state)
                HubMetrics.queue(place, jobs: Int(jobs), oldestSeconds: oldest)
                places.insert(place)
                counted = age
            }
            // Where nothing stands any more no row is left; in graphs it must fall to nothing, not stay.
            let gone = shown.withLock { shown in
                defer { shown.formUnion(places) }
                return shown.subtracting(places)
            }
            for place in gone { HubMetrics.queue(place, jobs: 0, oldestSeconds: 0) }
            HubMetrics.counted(ageSeconds: counted)
            let (pauses, oldest) = try await database.query(HubFigureStore.pauses)[0].decode(Int64.self, Double.self)
            HubMetrics.pauses(Int(pauses), oldestSeconds: oldest)
        }
        figures.add("partitions", every: .seconds(600)) { database in
            for row in try await database.query(HubFigureStore.partitions) {
                let (table, ahead) = try row.decode(String.self, Double.self)
                HubMetrics.partitions(of: table, aheadSeconds: ahead)
            }
        }
    }

    /// How far calls were read, and whether those of the last days are all there.
    package func addCalls() {
        add("watermarks", every: .seconds(10), HubFigureStore.watermarks) { HubMetrics.watermark($0, $1, lagSeconds: $2) }
        addBalance("call balance", HubFigureStore.callBalance, of: "calls")
    }

    /// The same of callback requests.
    package func addCallbacks() {
        add("callback polls", every: .seconds(10), HubFigureStore.callbackMarks) { HubMetrics.watermark($0, $1, lagSeconds: $2) }
        addBalance("callback balance", HubFigureStore.callbackBalance, of: "callbacks")
    }

    /// The loss meter: of what happened, how much webhooks told; and whose webhooks are waited for. Both programs that serve the listener show it.
    package func addWebhooks(of tenants: [TenantConfiguration]) {
        let expected = tenants.map { ($0.name, $0.webhookToken != nil) }
        figures.add("webhook loss", every: .seconds(60)) { database in
            for (tenant, isExpected) in expected { HubMetrics.expectsWebhooks(tenant, isExpected) }
            for row in try await database.query(HubFigureStore.webhookLoss) {
                let (tenant, event, told, lost) = try row.decode(String.self, String.self, Int64.self, Int64.self)
                HubMetrics.loss(tenant, event: event, told: Int(told), lost: Int(lost))
            }
        }
    }

    /// How long ago each table of the directory was last known to be current.
    package func addDirectory() {
        add("directory", every: .seconds(30), HubFigureStore.directory) { HubMetrics.directory($0, table: $1, ageSeconds: $2) }
    }

    private func add(
        _ name: String, every: Duration, _ statement: Statement, _ show: @escaping @Sendable (String, String, Double) -> Void
    ) {
        figures.add(name, every: every) { database in
            for row in try await database.query(statement) {
                let (tenant, what, seconds) = try row.decode(String.self, String.self, Double.self)
                show(tenant, what, seconds)
            }
        }
    }

    private func addBalance(_ name: String, _ statement: Statement, of: String) {
        figures.add(name, every: .seconds(300)) { database in
            for row in try await database.query(statement) {
                let (tenant, ago, difference) = try row.decode(String.self, Int32.self, Int64.self)
                HubMetrics.balance(tenant, of: of, daysAgo: Int(ago), difference: Int(difference))
            }
        }
    }
}
