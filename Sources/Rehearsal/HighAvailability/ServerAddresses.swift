/// Several servers of which one takes writes, as libpq is told of them.
struct ServerAddresses: HubServer {
    struct Address: Sendable, Hashable {
        let host: String
        let port: Int
    }

    let addresses: [Address]
    let password: String

    func url(of database: String, user: String?) -> String {
        let hosts = addresses.map { "\($0.host):\($0.port)" }.joined(separator: ",")
        return
            "postgresql://\(user ?? "postgres"):\(password)@\(hosts)/\(database)?target_session_attrs=read-write&connect_timeout=3"
    }
}
