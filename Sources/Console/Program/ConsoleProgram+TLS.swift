import Logging
import Runtime

extension ConsoleProgram {
    /// The certificate that browsers see; nil: they come without TLS.
    ///
    /// - Throws: `ConfigurationError` for one of the two files without the other, and for files that can't be used.
    static func tls(_ configuration: ProgramConfiguration, logger: Logger) throws(ConfigurationError) -> TLSFiles? {
        let key = try configuration.optional(ConsoleKeys.key)
        guard let certificate = try configuration.optional(ConsoleKeys.certificate) else {
            guard key == nil else {
                throw configuration.error(
                    ConsoleKeys.key, "stands without a certificate", remedy: "set console.certificate_file, too")
            }
            return nil
        }
        guard let key else {
            throw configuration.error(ConsoleKeys.certificate, "stands without its key", remedy: "set console.key_file, too")
        }
        do {
            return try TLSFiles(certificate: certificate, key: key.path, protocols: ["http/1.1"], logger: logger)
        } catch {
            throw configuration.error(ConsoleKeys.certificate, "can't be used: \(error)", remedy: "give a PEM file and its key")
        }
    }
}
