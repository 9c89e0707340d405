import EmbeddedPostgres

/// The PostgreSQL under a rehearsed hub: one private server, or a cluster that outlives the loss of one.
protocol HubServer: Sendable {
    /// The superuser's password, and that of every login a rehearsal makes.
    var password: String { get }

    /// A libpq URI for one database and user, with that password; nil is the superuser.
    func url(of database: String, user: String?) -> String
}

extension EmbeddedPostgres: HubServer {
    func url(of database: String, user: String?) -> String { connectionString(database: database, user: user) }
}
