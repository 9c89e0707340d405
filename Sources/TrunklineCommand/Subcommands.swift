import ArgumentParser
import Operations

/// The subcommands in the order the help lists them.
enum Subcommands {
    static let all: [any ParsableCommand.Type] = [
        DemoCommand.self,
        MigrateCommand.self,
        DoctorCommand.self,
        HealthCommand.self,
        WhyCommand.self,
        ReportCommand.self,
        JobsCommand.self,
        CallbacksCommand.self,
        SettingsCommand.self,
        RulesCommand.self,
        RouteCommand.self,
        BackfillCommand.self,
        MatchesCommand.self,
        TenantsCommand.self,
        UsersCommand.self,
        OperatorsCommand.self,
        DynamicsCommand.self,
        EraseCommand.self,
        ExportCommand.self,
    ]
}
