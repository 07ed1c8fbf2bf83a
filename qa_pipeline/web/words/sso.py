"""Words of single sign-on."""

WORDS = {
    "sso_off": ("Single sign-on is not set up here.", "本系统未启用单点登录。"),
    "sso_missing": (
        "Single sign-on needs a part that is not installed. Tell your operator: pip install 'qa-pipeline[oidc]'.",
        "单点登录所需的组件尚未安装，请联系运维人员执行：pip install 'qa-pipeline[oidc]'。",
    ),
    "sso_unreachable": (
        "The sign-on service does not answer as it should. Try again later, or tell your operator.",
        "单点登录服务未正常响应，请稍后再试或联系运维人员。",
    ),
    "sso_again": (
        "This sign-on was begun elsewhere or too long ago. Begin again.",
        "此次登录已过期或并非由本浏览器发起，请重新登录。",
    ),
    "sso_refused": ("The sign-on service did not let you in.", "单点登录服务未通过您的登录请求。"),
    "sso_invalid": (
        "The sign-on service's answer could not be verified, so nobody was signed in.",
        "无法验证单点登录服务返回的身份信息，未予登录。",
    ),
    "sso_unknown": (
        "You are known to the sign-on service, but have no account here. Ask an administrator for one.",
        "您已通过单点登录验证，但在本系统中没有账号，请联系管理员开通。",
    ),
}
