import Postgres

extension DatabaseConfiguration {
    /// The pool by which numbers are read, beside the one for all else: what takes a while happens on a thread of low priority, and takes one processor of
    /// the server's at most. Nothing stays open when nothing is read.
    var forNumbers: DatabaseConfiguration {
        var configuration = self
        configuration.threads = .background
        configuration.settings["max_parallel_workers_per_gather"] = "0"
        // Records are hashed to join their numbers with them: a hundred bytes each, and with less than all of it half as much work again, on disk.
        configuration.settings["work_mem"] = "256MB"
        configuration.minimumIdleConnections = 0
        // One tenant's changes and one tenant's all; and another's all, where a load hangs.
        configuration.maximumConnections = 3
        return configuration
    }
}
