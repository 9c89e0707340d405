import Operations

/// Who may sign in, and what they may do.
enum OperatorsFeature: ConsoleFeature {
    static let pages = [PageRoute("/operators", needs: .administrator) { try await OperatorsPage.page($0) }]
    static let forms = [
        FormRoute("/operators/add", needs: .administrator) { try await OperatorForms.add($0) },
        FormRoute("/operators/password", needs: .administrator) { try await OperatorForms.password($0) },
    ]
    static let actions = [OperatorActions.role, OperatorActions.disable, OperatorActions.enable]
}
