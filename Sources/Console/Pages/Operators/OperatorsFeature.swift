import Operations

/// Who may sign in, and what they may do.
enum OperatorsFeature: ConsoleFeature {
    static let pages = [PageRoute("/operators", needs: .administrator) { try await OperatorsPage.page($0) }]
    static let actions = [
        OperatorActions.role, OperatorActions.disable, OperatorActions.enable, PasswordActions.add, PasswordActions.password,
    ]
}
