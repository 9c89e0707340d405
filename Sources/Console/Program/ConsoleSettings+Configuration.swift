import Runtime
import Tenants

extension ConsoleSettings {
    /// As the program's configuration has it.
    init(_ configuration: ProgramConfiguration) throws(ConfigurationError) {
        self.init()
        host = try configuration.value(ConsoleKeys.host)
        port = try configuration.value(ConsoleKeys.port)
        publicURL = try configuration.optional(ConsoleKeys.publicURL)
        if let publicURL, RequestOrigin.origin(of: publicURL) != publicURL.lowercased(), publicURL.split(separator: "/").count > 2
        {
            throw configuration.error(
                ConsoleKeys.publicURL, "has a path", remedy: "give the console a name of its own: it can't live below a path")
        }
        hasTLS = try configuration.optional(ConsoleKeys.certificate) != nil
        idle = try configuration.value(ConsoleKeys.idle)
        longest = try configuration.value(ConsoleKeys.longest)
        liveConnections = try configuration.value(ConsoleKeys.live)
        actionsPerMinute = try configuration.value(ConsoleKeys.actions)
        takesPasswords = try configuration.value(ConsoleKeys.passwords)
        if let text = try configuration.optional(ConsoleKeys.proxies) {
            do {
                proxies = try SourceNetworks(text)
            } catch {
                throw configuration.error(ConsoleKeys.proxies, "\(error)", remedy: "correct console.trusted_proxies")
            }
        }
    }
}
