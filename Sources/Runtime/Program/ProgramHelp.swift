/// What `--help` prints.
enum ProgramHelp {
    static func text(_ name: String, _ schema: ConfigurationSchema) -> String {
        var text = """
            USAGE: \(name) [run] [--config FILE] [--KEY VALUE …]
                   \(name) config show | config check | config keys
                   \(name) --version | --help

            Settings come from flags, then TRUNKLINE_… variables, then the file (--config, TRUNKLINE_CONFIG, ./trunkline.yaml or
            /etc/trunkline/trunkline.yaml), then defaults.

            FLAGS:

            """
        for key in schema.keys where !key.isSecret {
            let standard = key.standard.map { " (default \($0))" } ?? ""
            text += "  --\(ProgramConfiguration.flagName(key.name)) VALUE\n        \(key.purpose)\(standard)\n"
        }
        return text
    }
}
