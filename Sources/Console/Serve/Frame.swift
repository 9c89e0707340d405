import Operations

/// What stands around every page: `frame/frame`.
struct Frame: Sendable {
    struct Group: Sendable {
        let title: String
        let items: [Item]
    }

    struct Item: Sendable {
        let title: String
        let href: String
        let key: String
        let isCurrent: Bool
    }

    let title: String
    let content: Markup
    let navigation: [Group]
    let trail: [Link]
    let hasTrail: Bool
    let operatorName: String
    let roleName: String
    let formToken: String
    let notice: String?
    let address: String
    let theme: String
    let nextTheme: String
    let style: String
    let script: String
    let icon: String

    init(_ page: Page, content: String, request: ConsoleRequest, notice: String?, theme: Theme, assets: AssetStore) {
        title = page.title
        self.content = Markup(safe: content)
        // The tenant one looks at goes along from section to section.
        let tenant = request.query["tenant"].flatMap { $0 == ConsoleJobFilter.hubItself ? nil : $0 }
        navigation = Section.groups.compactMap { group in
            let items = group.sections.filter { request.may($0.needs) }.map { section in
                Item(
                    title: section.title, href: Query().setting("tenant", tenant).link(section.path), key: section.key,
                    isCurrent: section == page.section)
            }
            return items.isEmpty ? nil : Group(title: group.title, items: items)
        }
        trail = page.trail
        hasTrail = !page.trail.isEmpty
        operatorName = request.who.name
        roleName = request.who.role.rawValue
        formToken = request.who.formToken
        self.notice = notice
        address = request.address
        self.theme = theme.rawValue
        nextTheme = theme.next.rawValue
        style = assets.path("console.css")
        script = assets.path("console.js")
        icon = assets.path("icon.svg")
    }
}

/// What stands around pages for those who are not signed in: `frame/bare`.
struct BareFrame: Sendable {
    let title: String
    let content: Markup
    let theme: String
    let style: String
    let icon: String

    init(title: String, content: String, theme: Theme, assets: AssetStore) {
        self.title = title
        self.content = Markup(safe: content)
        self.theme = theme.rawValue
        style = assets.path("console.css")
        icon = assets.path("icon.svg")
    }
}
