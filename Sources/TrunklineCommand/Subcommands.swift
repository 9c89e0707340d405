import ArgumentParser

/// The subcommands in the order the help lists them.
enum Subcommands {
    static let all: [any ParsableCommand.Type] = [
        DemoCommand.self,
        MigrateCommand.self,
        DoctorCommand.self,
        WhyCommand.self,
        JobsCommand.self,
        CallbacksCommand.self,
        SettingsCommand.self,
        RulesCommand.self,
        RouteCommand.self,
        BackfillCommand.self,
        MatchesCommand.self,
        TenantsCommand.self,
        UsersCommand.self,
        DynamicsCommand.self,
    ]
}
