import Logging
import Postgres

/// The pools by which numbers are read, beside the one for all else. Nothing stays open when nothing is read.
struct NumberDatabases: Sendable {
    /// On a thread of low priority.
    let usual: Database
    /// On a thread that has a processor only while nobody else wants it: for reading anew what there is already. Callers are answered meanwhile.
    let spare: Database

    init(of database: Database, logger: Logger) {
        // One tenant's all, and another's, where a load hangs; and one tenant's changes.
        usual = Database(database.configuration.forNumbers(.background, connections: 3), logger: logger)
        spare = Database(database.configuration.forNumbers(.spare, connections: 2), logger: logger)
    }
}

extension DatabaseConfiguration {
    /// What takes a while takes one processor of the server's at most.
    fileprivate func forNumbers(_ threads: Threads, connections: Int) -> DatabaseConfiguration {
        var configuration = self
        configuration.threads = threads
        configuration.settings["max_parallel_workers_per_gather"] = "0"
        // Records are hashed to join their numbers with them: a hundred bytes each, and with less than all of it half as much work again, on disk.
        configuration.settings["work_mem"] = "256MB"
        configuration.minimumIdleConnections = 0
        configuration.maximumConnections = connections
        return configuration
    }
}
