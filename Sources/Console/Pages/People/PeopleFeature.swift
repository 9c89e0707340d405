/// Who in Dynamics is whom in Enreach, and why.
enum PeopleFeature: ConsoleFeature {
    static let pages = [PageRoute("/people") { try await PeoplePage.page($0) }]
}
