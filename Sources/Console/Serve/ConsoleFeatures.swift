/// The parts of the console. A new one is added here, and nowhere else.
enum ConsoleFeatures {
    static let all: [any ConsoleFeature.Type] = [
        OverviewFeature.self,
        JobsFeature.self,
        CallsFeature.self,
        MatchesFeature.self,
        SettingsFeature.self,
        CallbacksFeature.self,
        RoutingFeature.self,
        PeopleFeature.self,
        ReportsFeature.self,
        InstancesFeature.self,
        AuditFeature.self,
        OperatorsFeature.self,
        AccountFeature.self,
    ]

    static var pages: [PageRoute] { all.flatMap { $0.pages } }
    static var actions: [Action] { all.flatMap { $0.actions } }
    static var forms: [FormRoute] { all.flatMap { $0.forms } }
    static var fragments: [LiveFragment] { all.flatMap { $0.fragments } }
}
