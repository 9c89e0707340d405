/// The service's refusals in an operator's words: what is wrong, and what to do about it.
enum OperatorText {
    static func text(_ fault: DynamicsFault) -> String {
        switch fault.code {
        case "0x80072560":
            "The application user does not exist in the environment or is disabled: add it in the Power Platform admin center"
                + " (Environments, Settings, Application users)."
        case "0x80042f09":
            "The application user has no security role: give it the hub's role in the Power Platform admin center."
        case "0x80040220":
            "The application user lacks the privilege \(privilege(in: fault.message) ?? "named in the answer")"
                + ": add it to its security role."
        case "0x80040231":
            "The new owner (user or team) may not own the row: give that user or team a security role with read access."
        case "0x80048306": "The application user has no access to a row it needs: widen its security role."
        case "0x8004a110":
            "The application user may not act on behalf of others: give it the role Delegate, or switch impersonation off."
        case "0x8004f507": "A column is protected by column security: add the application user to its profile."
        case "0x80060890", "0x80041102", "0x80041103", "0x80048d19", "0x80060888":
            "The environment lacks a table, column or key that the hub writes: run the installation into Dynamics again, or"
                + " correct the names in the settings."
        case "0x80072491": "Change tracking is off for a table that the hub follows: switch it on."
        case "0x80060883", "0x8006088d": "Optimistic concurrency is off for the table."
        default: byStatus(fault)
        }
    }

    private static func byStatus(_ fault: DynamicsFault) -> String {
        switch fault.status {
        case 0: "The environment does not answer."
        case 401:
            "The environment refuses the token: is the url the one of this environment, and does the application belong to it?"
        case 403: "The application user may not do this: check its security roles."
        case 404: "The address is not a Dynamics environment's, or the Web API version is not there: check dynamics.url."
        case 429: "The environment's service protection limits refused the request."
        case 300..<400: "The address redirects elsewhere: check dynamics.url."
        case 500...: "The environment fails."
        default: "The environment refused the request (\(fault))."
        }
    }

    /// `prvCreateActivity` from "… is missing prvCreateActivity privilege …".
    static func privilege(in message: String) -> String? {
        message.firstMatch(of: /\bprv[A-Za-z_]+/).map { String($0.0) }
    }
}

extension DynamicsFault {
    /// What an operator should read and do; holds no people's data.
    public var operatorText: String { advice ?? OperatorText.text(self) }

    /// The same with status and code.
    public var operatorTextWithCode: String { adding(to: operatorText) }

    /// A text with status and code behind it, unless it holds them.
    func adding(to text: String) -> String { text.contains("\(self)") ? text : "\(text) (\(self))" }
}
