/// Light or dark: the system's choice unless the operator made one of their own.
enum Theme: String, Sendable, CaseIterable {
    case system, light, dark

    static let cookie = "trunkline-theme"

    var next: Theme {
        switch self {
        case .system: .light
        case .light: .dark
        case .dark: .system
        }
    }
}
