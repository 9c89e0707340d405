public import Postgres

/// The database as a program's configuration has it.
public enum DatabaseSettings {
    /// - Parameter program: what the server shows as the connections' application name.
    public static func read(_ configuration: ProgramConfiguration, program: String) throws(ConfigurationError)
        -> DatabaseConfiguration
    {
        let url = try configuration.value(CommonKeys.databaseURL)
        let password = try configuration.optional(CommonKeys.databasePassword)
        var settings = DatabaseConfiguration(adding(password, to: url), applicationName: program)
        if try configuration.value(CommonKeys.databasePooling) == "transaction" { settings.pooling = .transaction }
        settings.maximumConnections = try configuration.value(CommonKeys.databaseConnections)
        return settings
    }

    /// As `read`, for programs that run day and night: what a machine holds that dies, or loses its network, is free again within
    /// half a minute, not when the kernel of the server gives up after hours. `options` in the connection string win. Behind a pooler the
    /// server's sockets are the pooler's affair.
    public static func readForProgram(_ configuration: ProgramConfiguration, program: String) throws(ConfigurationError)
        -> DatabaseConfiguration
    {
        var settings = try read(configuration, program: program)
        settings.idleInTransactionTimeout = .seconds(15)
        if settings.pooling == .transaction { return settings }
        settings.settings = [
            "tcp_keepalives_idle": "5s", "tcp_keepalives_interval": "2s", "tcp_keepalives_count": "3", "tcp_user_timeout": "10s",
            // Statements of a program are short and prepared: compiling one costs more than it ever saves.
            "jit": "off",
        ]
        return settings
    }

    private static func adding(_ password: Secret?, to url: String) -> String {
        guard let password = password?.reveal() else { return url }
        guard url.contains("://") else {
            return url + " password='" + password.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
        }
        return url + (url.contains("?") ? "&" : "?") + "password=" + percentEncoded(password)
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
